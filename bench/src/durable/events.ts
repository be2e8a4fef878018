import type { NewEvent } from '@call-status/core/inbox';
import { fieldsOf } from '../callbacks.ts';

/** What is reported of each call, in order. */
const COURSE = ['queued', 'initiated', 'ringing', 'in-progress', 'completed'] as const;

/** How many events a call has. */
export const EVENTS_PER_CALL: number = COURSE.length;

/** Made beforehand, so that an event costs little more than what is measured. */
const TEMPLATES = Array.from({ length: 200 }, (_, number) => fieldsOf(number));

/** An event of a call: about 1 KB as JSON. Each call has its own number. */
export function eventOf(call: number, at: number): NewEvent {
  const template = TEMPLATES[call % TEMPLATES.length] as Record<string, string>;
  const status = COURSE[at] as (typeof COURSE)[number];
  // Ids of real calls come in no order.
  const callId = `${(Math.imul(call, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-4a7b-4c11-a0f2-${call.toString(16).padStart(12, '0')}`;
  const common = {
    provider: 'signalwire',
    id: `signalwire:${callId}:${status}|${at}`,
    callId,
    rawStatus: status,
    direction: call % 2 === 0 ? 'inbound' : 'outbound',
    from: `+1202555${String(call % 10_000).padStart(4, '0')}`,
    to: template['To'] as string,
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'signed',
    raw: { ...template, CallSid: callId, SipCallId: callId, CallStatus: status, SequenceNumber: String(at) },
  } as const;
  if (status !== 'completed') return { ...common, status, terminal: false };
  const mos = Number(template['AudioInMos']);
  return { ...common, status, terminal: true, durationSeconds: Number(template['CallDuration']), quality: { mos } };
}

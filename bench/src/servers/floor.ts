/**
 * The floor: what a callback costs at least that is parsed, verified, validated and brought into one form. Written by hand for one provider
 * and one encoding: no limits, no duplicates, no order, no record, no retries, no hints.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { PATH, PUBLIC_URL, SIGNING_KEY } from '../callbacks.ts';
import type { Sink } from './sink.ts';

/** The answer to a callback, by its body and its signature. */
export type Floor = (body: Buffer, signature: unknown) => 200 | 403 | 422;

type Fields = Record<string, string | undefined>;

/** Makes objects without a prototype, which are as quick as those with one. */
function NoPrototype(): void {}
NoPrototype.prototype = Object.create(null);
const NewFields = NoPrototype as unknown as new () => Fields;

const TERMINAL = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);
const STATUSES = new Set(['queued', 'initiated', 'ringing', 'in-progress', 'answered', ...TERMINAL]);
const NUMBERS = ['SequenceNumber', 'CallDuration', 'SipResultCode', 'AudioInMos'];

/** @param sink is the handler */
export function floorOf(sink: Sink): Floor {
  const key = createSecretKey(SIGNING_KEY, 'utf8');
  return (body, signature) => {
    const fields = parse(body.toString('latin1'));
    if (!isSigned(fields, signature, key)) return 403;
    if (!isValid(fields)) return 422;
    const event = normalized(fields);
    sink(event.callId, event.status);
    return 200;
  };
}

/** A form is ASCII, and all else in it is escaped. */
function parse(form: string): Fields {
  const fields = new NewFields();
  for (let start = 0; start < form.length; ) {
    const next = form.indexOf('&', start);
    const end = next < 0 ? form.length : next;
    const middle = form.indexOf('=', start);
    if (middle < 0 || middle > end) fields[decoded(form.slice(start, end))] = '';
    else fields[decoded(form.slice(start, middle))] = decoded(form.slice(middle + 1, end));
    start = end + 1;
  }
  return fields;
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? decodeURIComponent(spaced) : spaced;
}

function isSigned(fields: Fields, signature: unknown, key: ReturnType<typeof createSecretKey>): boolean {
  let text = PUBLIC_URL + PATH;
  for (const name of Object.keys(fields).sort()) text += name + fields[name];
  const expected = createHmac('sha1', key).update(text).digest();
  const given = Buffer.from(String(signature), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isValid(fields: Fields): boolean {
  const { CallSid, AccountSid, CallStatus } = fields;
  if (!CallSid || !AccountSid || !CallStatus || !STATUSES.has(CallStatus)) return false;
  return NUMBERS.every((name) => fields[name] === undefined || !Number.isNaN(Number(fields[name])));
}

function normalized(fields: Fields) {
  const { CallSid: callId = '', CallStatus: status = '', Timestamp, SequenceNumber } = fields;
  return {
    id: `signalwire:${callId}:${status}|${SequenceNumber}|${Timestamp}`,
    callId,
    status,
    terminal: TERMINAL.has(status),
    direction: fields['Direction'] === 'inbound' ? 'inbound' : 'outbound',
    from: fields['From'],
    to: fields['To'],
    occurredAt: Timestamp && new Date(Timestamp).toISOString(),
    receivedAt: new Date().toISOString(),
    sequence: numberOf(SequenceNumber),
    durationSeconds: numberOf(fields['CallDuration']),
    sip: { code: numberOf(fields['SipResultCode']) },
    quality: { mos: numberOf(fields['AudioInMos']) },
    raw: fields,
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

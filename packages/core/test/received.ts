import { expect } from 'vitest';
import type { Call } from '../src/call.ts';
import type { Receipt } from '../src/callback-request.ts';
import { createCallStatus } from '../src/create-call-status.ts';
import type { AnyCallStatusEvent, CallStatusEvent } from '../src/event.ts';
import type { AnyProviderDefinition } from '../src/provider/definition.ts';
import type { NormalForm } from '../src/provider/normal-form.ts';
import { validate } from '../src/provider/standard-schema.ts';
import { statusOf } from '../src/provider/values.ts';
import { messageOf, ORIGIN, type Sent } from './message-of.ts';

export type Definition = AnyProviderDefinition;

/** What a provider makes of a request: its normal form, with the status looked up. Throws where a field is required and missing. */
export function normalOf(definition: Definition, sent: Sent): NormalForm {
  const normal = definition.normalize(parsed(definition, sent), {});
  return { ...normal, status: statusOf(definition.statuses, normal.rawStatus) };
}

export function parsed(definition: Definition, sent: Sent): unknown {
  const result = validate(definition.schema, messageOf(sent).fields, 'It');
  if (result.issues !== undefined) throw new Error('A required field is missing.');
  return result.value;
}

export function keyOf(definition: Definition, sent: Sent): string {
  const fields = messageOf(sent).fields as never;
  return definition.eventKey(fields, definition.normalize(fields, {}));
}

/** What is answered to requests at a provider's endpoint, one after the other, and what the call is then. */
export async function received(provider: CallStatusEvent['provider'], callId: string, ...requests: readonly Sent[]) {
  const calls = createCallStatus({ log: { info() {}, warn() {}, error() {} } });
  const receipts: (Receipt<AnyCallStatusEvent> | undefined)[] = [];
  for (const { body = '', ...request } of requests) {
    receipts.push(await calls.provider(provider).receive({ ...request, origin: ORIGIN, body: Buffer.from(body) }));
  }
  const call: Call | undefined = await calls.inbox.getCall(provider, callId);
  await calls.close();
  return { receipts, call };
}

/** All that is answered to an accepted callback: there is no body, and no header that speaks of one. */
export const accepted = (event: object) => ({ status: 200, headers: {}, event: expect.objectContaining(event) });

export const SID = 'b3877c40-da60-4998-90ad-b792e98472ca';

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

export const SIGNING_KEY = 'PSK_of_the_scratch_project';

const CALL_ID = 'cd9a9cd1-5f3f-4b3c-9b9a-000000000001';
const handled = new EventEmitter();

/** The application's handler. */
export function onCompleted(event: { readonly callId: string }): void {
  handled.emit('call', event.callId);
}

/** Sends a forged callback, which must be refused, and a genuine one, which must reach the handler. */
export async function checkRoundTrip(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/webhooks/voice`;
  const arrival = once(handled, 'call', { signal: AbortSignal.timeout(10_000) });
  assert.equal(await postCallback(url, 'another key'), 403);
  assert.equal(await postCallback(url, SIGNING_KEY), 200);
  assert.deepEqual(await arrival, [CALL_ID]);
}

/** Sends a completed call as SignalWire would, signed for this URL. Returns the status of the answer. */
async function postCallback(url: string, signingKey: string): Promise<number> {
  const fields = new URLSearchParams({
    AccountSid: 'b08dacad-ca2c-4eb5-8eaa-000000000001',
    ApiVersion: '2010-04-01',
    CallSid: CALL_ID,
    CallStatus: 'completed',
    Direction: 'outbound-api',
    From: '+12025550101',
    To: '+12025550102',
  });
  fields.sort();
  const signed = [...fields].reduce((text, [name, value]) => text + name + value, url);
  const signature = createHmac('sha1', signingKey).update(signed).digest('base64');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'x-signalwire-signature': signature },
    body: fields,
  });
  await answer.arrayBuffer();
  return answer.status;
}

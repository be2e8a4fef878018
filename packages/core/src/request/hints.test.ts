import { expect, it, onTestFinished, vi } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { twilio } from '../providers/twilio.ts';

const REQUEST: CallbackRequest = {
  method: 'POST',
  url: '/voice',
  origin: 'https://hooks.example.com',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from('CallSid=CA1&CallStatus=completed'),
};

/** A receiver, and the hints of its log lines. */
function receiver() {
  const hints: (string | undefined)[] = [];
  const calls = createCallStatus({
    providers: [twilio({ authToken: 't' })],
    log: { warn() {}, error() {} },
    onError: ({ details }) => void hints.push(details.hint),
    worker: false,
  });
  onTestFinished(() => calls.close());
  return { calls, hints, receive: (request: CallbackRequest) => calls.provider('twilio').receive(request) };
}

const SIGNED = twilio.definition.sign?.(REQUEST, { secret: 't', nowMs: 0 }) as CallbackRequest;
const BY_HTTP = { ...SIGNED, origin: 'http://hooks.example.com' };
const FOUND = /Found by trying: The provider called https\./;

it('searches for a cause after the answer', async () => {
  const { calls, hints, receive } = receiver();
  const { status, error } = { ...(await receive(BY_HTTP)) };
  expect([status, hints]).toEqual([403, []]);
  expect(error?.details.hint).not.toMatch(FOUND);
  await vi.waitFor(() => expect(hints).toEqual([expect.stringMatching(FOUND)]));
  const { rows } = await vi.waitFor(async () => {
    const page = await calls.inbox.refusals.list();
    expect(page.rows).toHaveLength(1);
    return page;
  });
  expect(rows[0]?.hint).toMatch(FOUND);
});

it('searches at most once a second for each provider and code, so that forged requests cost little', async () => {
  const { hints, receive } = receiver();
  for (let sent = 0; sent < 3; sent++) await receive(BY_HTTP);
  await vi.waitFor(() => expect(hints).toHaveLength(3));
  expect(hints.filter((hint) => FOUND.test(hint ?? ''))).toHaveLength(1);
  // What would match is only named: the callback itself is accepted as it was signed, and in no other form.
  expect((await receive(SIGNED))?.status).toBe(200);
  expect((await receive(BY_HTTP))?.status).toBe(403);
});

it('has searched before the receiver is closed', async () => {
  const { calls, hints, receive } = receiver();
  await receive(BY_HTTP);
  await calls.close();
  const { rows } = await calls.inbox.refusals.list();
  const found = expect.stringMatching(FOUND);
  expect([hints, rows.map(({ hint }) => hint)]).toEqual([[found], [found]]);
});

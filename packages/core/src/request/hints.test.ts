import { expect, it, onTestFinished } from 'vitest';
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

it('searches for a cause at most once a second for each provider and code, so that forged requests cost little', async () => {
  const calls = createCallStatus({
    providers: [twilio({ authToken: 't' })],
    log: { warn() {}, error() {} },
    worker: false,
  });
  onTestFinished(() => calls.close());
  const signed = twilio.definition.sign?.(REQUEST, { secret: 't', nowMs: 0 }) as CallbackRequest;
  const hintOf = async (request: CallbackRequest) =>
    (await calls.provider('twilio').receive(request))?.error?.details.hint;
  const http = { ...signed, origin: 'http://hooks.example.com' };
  expect(await hintOf(http)).toContain('Found by trying: The provider called https.');
  expect(await hintOf(http)).not.toContain('Found by trying');
  // What would match is only named: the callback itself is accepted as it was signed, and in no other form.
  expect((await calls.provider('twilio').receive(signed))?.status).toBe(200);
  expect((await calls.provider('twilio').receive(http))?.status).toBe(403);
});

import { expect, it, onTestFinished, vi } from 'vitest';
import { silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { twilio } from '../providers/twilio.ts';

const API = { accountSid: `AC${'a'.repeat(32)}`, secret: 'x' };

it.each([
  ['is reported: it is never asked for', `AC${'a'.repeat(32)}`, API, 1],
  ['is reported with a space', ` CA${'a'.repeat(32)}`, API, 1],
  ['of a call is not', `CA${'a'.repeat(32)}`, API, 0],
  ['is not where nothing is asked', 'x', undefined, 0],
])('an id that is expected %s', async (_, callId, api, times) => {
  const warn = vi.fn<(details: object, message: string) => void>();
  const options = { authToken: 't', ...(api && { api: { ...api, url: 'http://127.0.0.1:1' } }) };
  const calls = createCallStatus({
    providers: [twilio(options)],
    inbox: memoryInbox(),
    worker: false,
    log: { ...silent, warn },
  });
  onTestFinished(() => calls.close());
  await calls.provider('twilio').expect({ callId });
  const told = warn.mock.calls.filter(([, message]) => message.includes('expect()'));
  expect(told).toHaveLength(times);
  expect(JSON.stringify(told)).not.toContain(callId);
});

it('rejects what is not a notice', async () => {
  const calls = createCallStatus({ providers: [twilio({ authToken: 't' })], inbox: memoryInbox(), log: silent });
  onTestFinished(() => calls.close());
  await expect(calls.retryNotice(undefined as never)).rejects.toThrow(TypeError);
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const inbox = memoryInbox();
const ended: string[] = [];
const calls = createCallStatus({
  providers: [mycpaas({ token: 'a secret' }), exotel({ token: 'a secret' })],
  inbox,
  log: { warn() {}, error() {} },
  onEnded: ({ callId, answered }) => void ended.push(`${callId} ${answered}`),
});
afterEach(() => void ended.splice(0));

function callback(body: string) {
  return calls.provider('mycpaas').receive({
    method: 'POST',
    url: '/hooks?token=a%20secret',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body),
  });
}

describe('record', () => {
  it('makes a call known before its first callback, and asks for it in the end', async () => {
    const fields = { CallSid: 'CA1', CallStatus: 'queued', From: '+15550100001' };
    const event = await calls.provider('mycpaas').record(fields);
    fields.From = 'changed';
    const known = { callId: 'CA1', status: 'queued', transition: 'advance', source: 'application', trust: 'none' };
    expect(event).toMatchObject(known);
    expect((await inbox.listCalls({ state: 'live' })).rows).toMatchObject([{ callId: 'CA1', from: '+15550100001' }]);
    expect((await inbox.getCall('mycpaas', 'CA1'))?.from).toBe('+15550100001');

    const answer = { CallSid: 'CA1', CallStatus: 'completed', CallDuration: '5' };
    expect((await calls.provider('mycpaas').record(answer)).transition).toBe('advance');
    await vi.waitFor(() => expect(ended).toEqual(['CA1 true']));
    // Its callback came after all, with the same content.
    expect((await callback('CallSid=CA1&CallStatus=completed&CallDuration=5'))?.event?.transition).toBe('duplicate');
  });

  it('keeps tenants apart', async () => {
    const fields = { CallSid: 'CA2', CallStatus: 'ringing' };
    expect((await calls.provider('mycpaas').record(fields, { tenant: 'a' })).tenant).toBe('a');
    expect((await calls.provider('mycpaas').record(fields, { tenant: 'b' })).transition).toBe('advance');
    expect(await inbox.getCall('mycpaas', 'CA2')).toBeUndefined();
  });

  it.each([
    [{ tenant: '' }, '`tenant`: expected a text of 1 to 64 characters without control characters'],
    [{ tenent: 'acme' }, 'did you mean `tenant`?'],
  ])('refuses options %j', async (options, message) => {
    const recording = calls.provider('mycpaas').record({ CallSid: 'CA5', CallStatus: 'ringing' }, options as object);
    await expect(recording).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining(message),
    });
    expect(await inbox.getCall('mycpaas', 'CA5')).toBeUndefined();
  });

  it.each([undefined, null, 'CallSid=CA6', ['CA6'], { CallSid: 'CA6', CallStatus: () => 'completed' }])(
    'refuses %j as fields',
    async (fields) => {
      const recording = calls.provider('mycpaas').record(fields as object);
      await expect(recording).rejects.toMatchObject({ code: 'invalid_options' });
    },
  );

  it.each([
    ['no status', { CallSid: 'CA3' }],
    ['no call id', { CallStatus: 'completed' }],
    ['another message', { CallSid: 'CA3', CallStatus: 'completed', DialCallStatus: 'busy' }],
  ])('refuses fields with %s', async (_, fields) => {
    await expect(calls.provider('mycpaas').record(fields)).rejects.toMatchObject({ code: 'invalid_callback' });
    expect(await inbox.getCall('mycpaas', 'CA3')).toBeUndefined();
  });

  it.each([
    ['no reason', () => false, 'It is another message of the provider.'],
    ['no such check', undefined, undefined],
  ])('asks a provider that has %s', async (_, isCallStatus, reason) => {
    const given = mycpaas({ token: 'a secret' });
    const definition = { ...given.definition, isCallStatus } as typeof given.definition;
    const own = createCallStatus({ providers: [{ ...given, definition }], log: { warn() {}, error() {} } });
    const recording = own.provider('mycpaas').record({ CallSid: 'CA4', CallStatus: 'completed' });
    if (reason === undefined) expect(await recording).toMatchObject({ status: 'completed' });
    else await expect(recording).rejects.toThrow(reason);
    await own.close();
  });

  it('is refused once the receiver is closed', async () => {
    await calls.close();
    const recording = calls.provider('exotel').record({ CallSid: 'e1', Status: 'completed' });
    await expect(recording).rejects.toMatchObject({ code: 'closed' });
  });
});

import { describe, expect, it } from 'vitest';
import { callback, received, receiver, silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';

describe('provider', () => {
  it('receives callbacks of one provider, with its own handlers', async () => {
    const handled: string[] = [];
    const calls = createCallStatus({ providers: [mycpaas(), exotel()], log: silent });
    const endpoint = calls.provider('exotel').onEnded(({ status }) => void handled.push(`exotel ${status}`));
    calls.onEnded(({ status }) => void handled.push(`any ${status}`));
    expect(endpoint.accepts({ method: 'PUT', headers: {} })).toBe(false);
    expect(endpoint.ack).toBe('recorded');
    expect(endpoint.limits).toBe(calls.limits);
    expect((await endpoint.receive(received(1)))?.error?.code).toBe('invalid_callback');
    expect((await endpoint.receive(callback('CallSid=1&Status=busy')))?.status).toBe(200);
    await calls.close();
    expect(handled).toEqual(['exotel busy', 'any busy']);
  });

  it('knows only the providers of the receiver', () => {
    const { calls } = receiver();
    expect(() => calls.provider('acme' as never)).toThrow(
      /`provider\('acme'\)`: this receiver has no such provider; it has mycpaas/,
    );
  });
});

describe('close', () => {
  it('rejects later callbacks, and can be called twice', async () => {
    const { calls, codes } = receiver();
    expect(calls.close()).toBe(calls.close({ deadlineMs: 1 }));
    await calls.close();
    expect((await calls.receive(received(1)))?.error?.code).toBe('closed');
    expect(await calls.receive(callback('a=1', { callbackOnly: false }))).toBeUndefined();
    expect(codes).toEqual(['closed']);
  });
});

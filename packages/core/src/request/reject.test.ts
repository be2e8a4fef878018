import { describe, expect, it, vi } from 'vitest';
import { callback, receiver, silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';

describe('reject', () => {
  it('answers with the status of the error, or with 503', () => {
    const { calls, codes } = receiver();
    const endpoint = calls.provider('mycpaas');
    expect(calls.reject(new CallStatusError('body_too_large'))).toMatchObject({ status: 413, headers: {} });
    expect(endpoint.reject(new CallStatusError('dead_letter'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
    expect(codes).toEqual(['body_too_large', 'dead_letter']);
  });

  it('survives any value that is thrown, and a logger that fails', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd: unknown[] = [Object.create(null), Object.assign(new Error('x'), { stack: Symbol('stack') }), proxy];
    for (const thrown of odd as Error[]) {
      const { calls } = receiver({
        log: {
          ...silent,
          error() {
            throw thrown;
          },
        },
        onError: () => {
          throw thrown;
        },
      });
      calls.onError(() => Promise.reject(thrown));
      expect(calls.reject(new CallStatusError('inbox_unavailable', {}, { cause: thrown })).status).toBe(503);
      await new Promise(setImmediate);
    }
  });

  it('names the provider if it is the only one, and calls its own error handlers', async () => {
    const told: string[] = [];
    const hear = (who: string) => (error: CallStatusError) => void told.push(`${who} ${error.details.provider}`);
    const calls = createCallStatus({
      providers: [mycpaas({ onError: hear('mycpaas') }), exotel({ onError: hear('exotel') })],
      log: silent,
      onError: hear('any'),
    });
    calls.reject(new CallStatusError('body_aborted'));
    calls.provider('exotel').reject(new CallStatusError('body_aborted'));
    calls.reject(new CallStatusError('token_missing', { provider: 'mycpaas' }));
    await calls.provider('mycpaas').receive(callback('a=1', { headers: { 'content-type': 'text/plain' } }));
    expect(told).toEqual([
      'any undefined',
      'exotel exotel',
      'any exotel',
      'mycpaas mycpaas',
      'any mycpaas',
      'mycpaas mycpaas',
      'any mycpaas',
    ]);
    await calls.close();
  });

  it('logs what the operator must fix as an error with its cause, and what a client sent as a warning without', () => {
    const [warn, error] = [vi.fn(), vi.fn()];
    const { calls } = receiver({ log: { info() {}, warn, error } });
    const cause = new Error('the cause');
    warn.mockClear();
    calls.reject(new CallStatusError('malformed_body', { hint: 'It is not JSON.' }, { cause }));
    expect(warn.mock.calls).toEqual([
      [{ code: 'malformed_body', provider: 'mycpaas' }, 'The body does not match its content type. It is not JSON.'],
    ]);
    for (const given of [cause, 'thrown', undefined]) {
      calls.reject(new CallStatusError('inbox_unavailable', {}, { cause: given }));
    }
    const causes = error.mock.calls.map(([details]) => details.cause);
    expect(causes).toEqual([cause.stack, "'thrown'", undefined]);
  });

  it('survives error handlers that throw or reject', async () => {
    const error = vi.fn();
    const { calls, codes } = receiver({
      log: { ...silent, error },
      onError: () => {
        throw new Error('thrown');
      },
    });
    calls.onError(() => Promise.reject(new Error('rejected')));
    calls.reject(new CallStatusError('malformed_body'));
    await new Promise(setImmediate);
    expect(codes).toEqual(['malformed_body']);
    expect(error.mock.calls).toEqual([
      [{ cause: expect.stringMatching(/^Error: thrown/) }, 'onError threw.'],
      [{ cause: expect.stringMatching(/^Error: rejected/) }, 'onError rejected.'],
    ]);
  });
});

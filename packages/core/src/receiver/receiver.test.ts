import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError, type ErrorCode } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { CallStatusOptions } from '../options/options.ts';
import type { Provider } from '../provider/define-provider.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';

const silent = { info() {}, warn() {}, error() {} };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function callback(body: string, more: Partial<CallbackRequest> = {}): CallbackRequest {
  return { method: 'POST', url: '/', origin: 'https://example.com', headers: FORM, body: Buffer.from(body), ...more };
}

function received(call: number, status = 'completed', more?: Partial<CallbackRequest>): CallbackRequest {
  return callback(`CallSid=CA${call}&CallStatus=${status}`, more);
}

function receiver(options: Omit<CallStatusOptions<readonly Provider[]>, 'providers'> = {}) {
  const codes: ErrorCode[] = [];
  const calls = createCallStatus({
    providers: [mycpaas()],
    log: silent,
    ...options,
  });
  calls.onError(({ code }) => codes.push(code));
  return { calls, codes };
}

describe('receive', () => {
  it('takes a callback, and tells duplicates by their id', async () => {
    const { calls } = receiver({ clock: () => 0 });
    expect(await calls.receive(received(1))).toEqual({
      status: 200,
      headers: {},
      event: {
        provider: 'mycpaas',
        id: 'mycpaas:CA1:completed',
        callId: 'CA1',
        status: 'completed',
        rawStatus: 'completed',
        terminal: true,
        transition: 'advance',
        receivedAt: '1970-01-01T00:00:00.000Z',
        trust: 'none',
        raw: { CallSid: 'CA1', CallStatus: 'completed' },
      },
    });
    expect((await calls.receive(received(1)))?.event?.transition).toBe('duplicate');
    await calls.close();
  });

  it('reports a conflict, and accepts it', async () => {
    const { calls, codes } = receiver();
    await calls.receive(received(1));
    expect((await calls.receive(received(1, 'busy')))?.event?.transition).toBe('conflict');
    expect(codes).toEqual(['conflicting_status']);
    await calls.close();
  });

  it('verifies before it decodes a body, but for the fields that a signature covers', async () => {
    const calls = createCallStatus({
      providers: [voicedock({ secret: 'x' }), signalwire({ signingKey: 'x' })],
      log: silent,
    });
    const broken = callback('{', { headers: { 'content-type': 'application/json' } });
    expect((await calls.provider('voicedock').receive(broken))?.error?.code).toBe('signature_missing');
    expect((await calls.provider('signalwire').receive(broken))?.error?.code).toBe('signature_missing');
    await calls.close();
  });

  it('never rejects for what a provider or publicUrl throws', async () => {
    const cause = new Error('no such tenant');
    const calls = createCallStatus({
      providers: [signalwire({ signingKey: 'x' })],
      log: silent,
      publicUrl: () => {
        throw cause;
      },
    });
    const headers = { ...FORM, 'x-signalwire-signature': 'x' };
    const receipt = await calls.receive(callback('CallSid=1&CallStatus=busy', { headers }));
    expect(receipt).toMatchObject({ status: 503, error: { code: 'unexpected', cause } });
    await calls.close();
  });

  it('waits for a secret that has to be looked up, of a provider that signs bytes too', async () => {
    const calls = createCallStatus({ providers: [voicedock({ secret: async () => 'whsec' })], log: silent });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const body = JSON.stringify({ message: { type: 'status-update', call: { id: 'v1', status: 'ended' } } });
    const signature = createHmac('sha256', 'whsec').update(`${timestamp}.${body}`).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-webhook-timestamp': timestamp,
      'x-webhook-signature': `sha256=${signature}`,
    };
    expect(await calls.receive(callback(body, { headers }))).toMatchObject({ status: 200, event: { trust: 'signed' } });
    expect(await calls.receive(callback(`${body} `, { headers }))).toMatchObject({ status: 403 });
    await calls.close();
  });

  it('goes on when the logger throws', async () => {
    const broken = (): never => {
      throw new Error('The log is full.');
    };
    const calls = createCallStatus({
      providers: [mycpaas({ token: 'x' })],
      log: { info: broken, warn: broken, error: broken },
    });
    expect(await calls.receive(callback('CallSid=1&CallStatus=busy'))).toMatchObject({ status: 403 });
    await calls.close();
  });

  it('says why the inbox could not record, in its own words where it has some', async () => {
    const other = Object.assign(new Error('of another copy'), {
      name: 'CallStatusError',
      code: 'inbox_full',
      status: 503,
      details: {},
    });
    for (const [thrown, code] of [
      [new Error('no connection'), 'inbox_unavailable'],
      [new CallStatusError('inbox_full'), 'inbox_full'],
      [new CallStatusError('handler_failed'), 'inbox_unavailable'],
      [other, 'inbox_full'],
    ] as const) {
      const inbox = failing(memoryInbox(), thrown);
      for (const options of [{ inbox }, { inbox, worker: false }] as const) {
        const { calls, codes } = receiver(options);
        const receipt = await calls.receive(received(1));
        expect([receipt?.status, receipt?.headers['retry-after'], receipt?.error?.code]).toEqual([503, '5', code]);
        expect(codes).toEqual([code]);
      }
    }
  });

  it('handles what it took while it did not work', async () => {
    const handled: string[] = [];
    const { calls } = receiver({ worker: false });
    calls.onCompleted(({ callId }, { request }) => void handled.push(`${callId} ${String(request)}`));
    await calls.receive(received(1, 'completed', { frameworkRequest: 'the request' }));
    expect(handled).toEqual([]);
    calls.startWorker();
    await calls.close();
    expect(handled).toEqual(['CA1 undefined']);
  });

  it('gives handlers the request of the first attempt alone', async () => {
    const requests: unknown[] = [];
    const { calls } = receiver({ retry: { attempts: 2, backoff: () => 0 } });
    calls.onCompleted((_event, { request }) => {
      requests.push(request);
      if (requests.length === 1) throw new Error('the first attempt');
    });
    await calls.receive(received(1, 'completed', { frameworkRequest: 'the request' }));
    await calls.close();
    expect(requests).toEqual(['the request', undefined]);
  });

  it('does not take a redelivery for the first attempt, while the event waits for a retry', async () => {
    const requests: unknown[] = [];
    const { calls, codes } = receiver({ retry: { attempts: 2, backoff: () => 200 } });
    const failed = new Promise<void>((resolve) => calls.onError(() => resolve()));
    const retried = new Promise<void>((resolve) => {
      calls.onCompleted((_event, { request, attempt }) => {
        requests.push(request);
        if (attempt === 1) throw new Error('the first attempt');
        resolve();
      });
    });
    await calls.receive(received(1, 'completed', { frameworkRequest: 'the request' }));
    await failed;
    // The attempt is over when all has been told that is to be told of it.
    await new Promise(setImmediate);
    const unanswered = received(1, 'completed', { frameworkRequest: 'the redelivery', onAnswered: () => {} });
    expect((await calls.receive(unanswered))?.event?.transition).toBe('duplicate');
    await retried;
    expect([requests, codes]).toEqual([['the request', undefined], ['handler_failed']]);
    await calls.close();
  });

  it('retries as its provider says, in place of the receiver', async () => {
    const attempts: number[] = [];
    const calls = createCallStatus({
      providers: [mycpaas({ retry: { attempts: 3 } })],
      retry: { attempts: 1, backoff: () => 0 },
      log: silent,
      onCompleted: (_event, { attempt }) => {
        attempts.push(attempt);
        throw new Error('always');
      },
    });
    await calls.receive(received(1));
    await calls.close();
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('does not let a receiver without its provider handle it, and says so', async () => {
    const inbox = memoryInbox();
    const one = createCallStatus({ providers: [mycpaas()], inbox, worker: false, log: silent });
    await one.receive(received(1));
    const [handled, errors]: [string[], CallStatusError[]] = [[], []];
    const other = createCallStatus({
      providers: [exotel()],
      inbox,
      log: silent,
      retry: { attempts: 2, backoff: () => 0 },
      onStatus: ({ callId }) => void handled.push(callId),
      onError: (error) => void errors.push(error),
    });
    await vi.waitFor(async () => expect((await inbox.counts()).dead).toBe(1));
    expect(handled).toEqual([]);
    const about = { eventId: 'mycpaas:CA1:completed' };
    expect(errors).toMatchObject([
      { code: 'provider_missing', details: { ...about, attempt: 1 } },
      { code: 'provider_missing', details: { ...about, attempt: 2 } },
      { code: 'dead_letter', details: about },
    ]);
    expect((await inbox.deadLetters.list()).rows[0]?.error).toMatch(/does not have its provider/);
    await other.close();
  });
});

describe('whether a receiver works', () => {
  const durable = (): Inbox => Object.defineProperty(memoryInbox(), 'durable', { value: true });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
  const waiting = async (inbox: Inbox) => (await inbox.counts()).waiting;

  it('takes nothing of a durable inbox before it has a handler, and says once that nobody works', async () => {
    const inbox = durable();
    const { calls, codes } = receiver({ inbox });
    for (const call of [1, 2]) await calls.receive(received(call));
    await turn();
    expect([codes, await waiting(inbox)]).toEqual([['no_worker'], 2]);
    const handled: string[] = [];
    calls.provider('mycpaas').onEnded(({ callId }) => void handled.push(callId));
    await vi.waitFor(() => expect(handled).toEqual(['CA1', 'CA2']));
    await calls.close();
  });

  it.each([{}, { onEnded() {} }])(
    'leaves a durable inbox to another process with worker: false: %o',
    async (handlers) => {
      const inbox = durable();
      const { calls, codes } = receiver({ inbox, worker: false, ...handlers });
      calls.onCompleted(() => {});
      await calls.receive(received(1));
      await turn();
      expect([codes, await waiting(inbox)]).toEqual([[], 1]);
      await calls.close();
    },
  );

  it.each([
    ['with worker: true', durable, { worker: true }],
    ["with ack: 'handled'", durable, { ack: 'handled' }],
    ['of an inbox in memory', memoryInbox, {}],
  ] as const)('is done without a handler %s', async (_, newInbox, options) => {
    const inbox = newInbox();
    const { calls, codes } = receiver({ inbox, ...options });
    expect((await calls.receive(received(1)))?.status).toBe(200);
    await vi.waitFor(async () => expect(await waiting(inbox)).toBe(0));
    expect(codes).toEqual([]);
    await calls.close();
  });

  it('says that nobody works where no other process can', async () => {
    const { calls, codes } = receiver({ worker: false });
    await calls.receive(received(1));
    expect(codes).toEqual(['no_worker']);
  });

  it('does not begin after it was closed', async () => {
    const inbox = durable();
    const { calls } = receiver({ inbox });
    await calls.receive(received(1));
    await calls.close();
    calls.onCompleted(() => expect.unreachable());
    await turn();
    expect(await waiting(inbox)).toBe(1);
  });
});

describe("ack: 'handled'", () => {
  it('answers once the handlers are done, to everybody who asked meanwhile', async () => {
    let done = 0;
    const { calls } = receiver({
      ack: 'handled',
      onCompleted: async () => {
        await new Promise(setImmediate);
        done++;
      },
    });
    const receipts = await Promise.all([calls.receive(received(1)), calls.receive(received(1))]);
    expect(receipts.map((receipt) => [receipt?.status, receipt?.event?.transition])).toEqual([
      [200, 'advance'],
      [200, 'duplicate'],
    ]);
    expect(done).toBe(1);
    expect((await calls.receive(received(1)))?.status).toBe(200);
    await calls.close();
  });

  it('answers 503 to everybody when a handler fails, and 200 once it was done', async () => {
    let broken = true;
    const { calls, codes } = receiver({
      ack: 'handled',
      retry: { backoff: () => 0 },
      onCompleted: () => {
        if (broken) throw new Error('broken');
      },
    });
    const receipts = await Promise.all([calls.receive(received(1)), calls.receive(received(1))]);
    expect(receipts.map((receipt) => receipt?.status)).toEqual([503, 503]);
    expect(codes).toContain('not_handled');
    broken = false;
    let status: number | undefined;
    while (status !== 200) status = (await calls.receive(received(1)))?.status;
    await calls.close();
  });
});

describe('a body over the limit', () => {
  const long = `CallSid=CA1&CallStatus=completed&more=${'x'.repeat(100)}`;

  it('is refused though whoever read it did not mind', async () => {
    const { calls, codes } = receiver({ limits: { bytes: 100 } });
    expect((await calls.receive(callback(long)))?.status).toBe(413);
    expect((await calls.provider('mycpaas').receive(callback(long)))?.status).toBe(413);
    expect(codes).toEqual(['body_too_large', 'body_too_large']);
  });

  it('is passed on where the URL is not for callbacks alone', async () => {
    const { calls, codes } = receiver({ limits: { bytes: 100 } });
    expect(await calls.receive(callback(long, { callbackOnly: false }))).toBeUndefined();
    expect(codes).toEqual([]);
  });
});

describe('for', () => {
  it('names a provider for an endpoint, with its own handlers', async () => {
    const handled: string[] = [];
    const calls = createCallStatus({ providers: [mycpaas(), exotel()], log: silent });
    const endpoint = calls.provider('exotel').onEnded(({ status }) => void handled.push(`exotel ${status}`));
    calls.onEnded(({ status }) => void handled.push(`any ${status}`));
    expect(endpoint.accepts({ method: 'GET', headers: {} })).toBe(false);
    expect(endpoint.ack).toBe('recorded');
    expect(endpoint.limits).toBe(calls.limits);
    expect((await endpoint.receive(received(1)))?.error?.code).toBe('invalid_callback');
    expect((await endpoint.receive(callback('CallSid=1&Status=busy')))?.status).toBe(200);
    await calls.close();
    expect(handled).toEqual(['exotel busy', 'any busy']);
  });

  it('knows only the providers that are there', () => {
    const { calls } = receiver();
    expect(() => calls.provider('acme' as never)).toThrow(
      /`provider\('acme'\)`: this receiver has no such provider; it has mycpaas/,
    );
  });
});

describe('refuse', () => {
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

  it('survives whatever is thrown, and a logger that fails', async () => {
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

  it('tells the provider where it is the only one, also to its own error handlers', async () => {
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

  it('logs what is ours to mend as an error with its cause, and what a client sent as a warning without', () => {
    const [warn, error] = [vi.fn(), vi.fn()];
    const { calls } = receiver({ log: { info() {}, warn, error } });
    const cause = new Error('the cause');
    warn.mockClear();
    calls.reject(new CallStatusError('malformed_body', { hint: 'It is not JSON.' }, { cause }));
    expect(warn.mock.calls).toEqual([
      [
        { code: 'malformed_body', provider: 'mycpaas', hint: 'It is not JSON.' },
        'The body cannot be read as its content type says. It is not JSON.',
      ],
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

describe('close', () => {
  it('refuses what comes later, and can be called twice', async () => {
    const { calls, codes } = receiver();
    expect(calls.close()).toBe(calls.close({ deadlineMs: 1 }));
    await calls.close();
    expect((await calls.receive(received(1)))?.error?.code).toBe('closed');
    expect(await calls.receive(callback('a=1', { callbackOnly: false }))).toBeUndefined();
    expect(codes).toEqual(['closed']);
  });
});

function failing(inbox: Inbox, thrown: Error): Inbox {
  return Object.assign(inbox, { record: () => Promise.reject(thrown) });
}

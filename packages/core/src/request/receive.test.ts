import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { callback, FORM, received, receiver, silent } from '../../test/receiver-subject.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';

describe('receive', () => {
  it('accepts a callback, and recognizes duplicates by their id', async () => {
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
        source: 'callback',
        trust: 'none',
        raw: { CallSid: 'CA1', CallStatus: 'completed' },
      },
    });
    expect((await calls.receive(received(1)))?.event?.transition).toBe('duplicate');
    await calls.close();
  });

  it('says what is wrong with a body that is a text', async () => {
    const { calls } = receiver();
    const receipt = await calls.receive(received(1, 'busy', { body: 'CallSid=CA1' as never }));
    expect(receipt).toMatchObject({ status: 503, error: { code: 'unexpected' } });
    expect(receipt?.error?.cause).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('Buffer.from(body)'),
    });
    await calls.close();
  });

  it('reports a conflict, and accepts it', async () => {
    const { calls, codes } = receiver();
    await calls.receive(received(1));
    expect((await calls.receive(received(1, 'busy')))?.event?.transition).toBe('conflict');
    expect(codes).toEqual(['conflicting_status']);
    await calls.close();
  });

  it('verifies before it decodes a body, except for the fields that a signature covers', async () => {
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

  it('waits for a secret that is looked up, also for a provider that signs bytes', async () => {
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

  it('reports why the inbox could not record, with its own error if it has one', async () => {
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

  it('handles what it accepted before its worker started', async () => {
    const handled: string[] = [];
    const { calls } = receiver({ worker: false });
    calls.onCompleted(({ callId }, { request }) => void handled.push(`${callId} ${String(request)}`));
    await calls.receive(received(1, 'completed', { frameworkRequest: 'the request' }));
    expect(handled).toEqual([]);
    calls.startWorker();
    await calls.close();
    expect(handled).toEqual(['CA1 undefined']);
  });

  it('gives only the first attempt its request', async () => {
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

  it('retries by the options of the provider, if it has any', async () => {
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

  it('is not handled by a receiver without its provider, which reports it', async () => {
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

describe('a body over the limit', () => {
  const long = `CallSid=CA1&CallStatus=completed&more=${'x'.repeat(100)}`;

  it('is rejected even if the code that read it allowed it', async () => {
    const { calls, codes } = receiver({ limits: { bytes: 100 } });
    expect((await calls.receive(callback(long)))?.status).toBe(413);
    expect((await calls.provider('mycpaas').receive(callback(long)))?.status).toBe(413);
    expect(codes).toEqual(['body_too_large', 'body_too_large']);
  });

  it('is passed on at a URL that is not for callbacks only', async () => {
    const { calls, codes } = receiver({ limits: { bytes: 100 } });
    expect(await calls.receive(callback(long, { callbackOnly: false }))).toBeUndefined();
    expect(codes).toEqual([]);
  });
});

function failing(inbox: Inbox, thrown: Error): Inbox {
  return Object.assign(inbox, { record: () => Promise.reject(thrown) });
}

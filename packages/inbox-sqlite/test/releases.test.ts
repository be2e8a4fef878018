// Two releases of an application, one after the other on one file: finished handlers do not run again, and none is skipped.
import {
  type AnyCallStatusEvent,
  type CallStatusError,
  createCallStatus,
  type Handler,
  mycpaas,
} from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openInbox, temporaryFile } from './support.ts';

/** A release with its handlers in order; those that start with `!` fail. */
function release(path: string, names: readonly string[], attempts: number) {
  const [ran, errors]: [string[], CallStatusError[]] = [[], []];
  const calls = createCallStatus({
    providers: [mycpaas({ token: 'a secret' })],
    inbox: openInbox({ path }),
    log: { warn() {}, error() {} },
    retry: { attempts, backoff: () => 500 },
    worker: false,
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => calls.close());
  for (const marked of names) {
    const name = marked.replace('!', '');
    const handler: Handler<AnyCallStatusEvent> = () => {
      ran.push(name);
      if (marked !== name) throw new Error('away');
    };
    calls.onCompleted(handler, { name });
  }
  return { calls, ran, errors };
}

const CALLBACK = {
  method: 'POST',
  url: '/hooks?token=a%20secret',
  origin: 'https://hooks.example.com',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from('CallSid=CA1&CallStatus=completed'),
};

describe.each([
  ['a dead letter is replayed', 1],
  ['an event is retried', 8],
])('when %s', (_, attempts) => {
  it.each([
    ['the handlers are reordered', ['crm', 'billing'], ['crm'], []],
    ['one is added in front', ['audit', 'billing', 'crm'], ['audit', 'crm'], []],
    ['one that was done is renamed', ['invoices', 'crm'], ['invoices', 'crm'], ['handlers_changed']],
    ['one that was done is removed', ['crm'], ['crm'], ['handlers_changed']],
  ])('and %s, the handlers that are not done run', async (_what, after, ran, codes) => {
    const path = temporaryFile();
    const first = release(path, ['billing', '!crm'], attempts);
    expect((await first.calls.receive(CALLBACK))?.status).toBe(200);
    first.calls.startWorker();
    await vi.waitFor(() => expect(first.ran).toEqual(['billing', 'crm']));
    await vi.waitFor(async () => expect(await first.calls.inbox.counts()).toMatchObject({ running: 0 }));
    await first.calls.close();

    const second = release(path, after, attempts);
    expect(await second.calls.inbox.deadLetters.replayAll()).toBe(attempts === 1 ? 1 : 0);
    second.calls.startWorker();
    const done = { waiting: 0, running: 0, dead: 0 };
    await vi.waitFor(async () => expect(await second.calls.inbox.counts()).toMatchObject(done));
    expect(second.ran).toEqual(ran);
    expect(second.errors.map(({ code }) => code)).toEqual(codes);
  });
});

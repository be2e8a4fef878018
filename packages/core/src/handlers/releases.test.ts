// Handlers are remembered by name: what one release finished, the next does not run again, and what it did not, the next does not skip.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusError } from '../errors.ts';
import type { Handler } from '../handlers.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const silent = { warn() {}, error() {} };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** An inbox that outlives its receivers. */
function sharedInbox(): Inbox {
  const inbox = memoryInbox();
  return new Proxy(inbox, {
    get(target, name) {
      if (name === 'durable') return true;
      if (name === 'close') return async () => {};
      const value: unknown = target[name as keyof Inbox];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** One release: its handlers in order, by name; those that start with `!` fail. */
function release(inbox: Inbox, names: readonly string[]) {
  const [ran, errors]: [string[], CallStatusError[]] = [[], []];
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    inbox,
    log: silent,
    retry: { attempts: 1 },
    worker: false,
    onError: (error) => errors.push(error),
  });
  for (const name of names) {
    const handler: Handler<unknown> = () => {
      ran.push(name.replace('!', ''));
      if (name.startsWith('!')) throw new Error('away');
    };
    calls.onCompleted(handler, { name: name.replace('!', '') });
  }
  closing.push(() => calls.close());
  return { calls, ran, errors };
}

async function settled(inbox: Inbox): Promise<void> {
  await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 }));
}

/** Release 1 handles an event, and a handler fails; then release 2 handles the event again. */
async function upgrade(before: readonly string[], after: readonly string[]) {
  const inbox = sharedInbox();
  const first = release(inbox, before);
  await first.calls.receive({
    method: 'POST',
    url: '/',
    origin: 'http://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from('CallSid=CA1&CallStatus=completed'),
  });
  first.calls.startWorker();
  await settled(inbox);
  await first.calls.close();
  expect(await inbox.counts()).toMatchObject({ dead: 1 });
  const second = release(inbox, after);
  await inbox.deadLetters.replayAll();
  second.calls.startWorker();
  await settled(inbox);
  expect(await inbox.counts()).toMatchObject({ dead: 0 });
  return { ran: second.ran, codes: second.errors.map(({ code, details }) => `${code} ${details.handler}`) };
}

describe('the next release', () => {
  it.each([
    ['in the same order', ['billing', '!crm'], ['billing', 'crm'], ['crm'], []],
    ['in another order', ['billing', '!crm'], ['crm', 'billing'], ['crm'], []],
    ['with a new one in front', ['billing', '!crm'], ['audit', 'billing', 'crm'], ['audit', 'crm'], []],
    [
      'without one that was done',
      ['billing', 'audit', '!crm'],
      ['billing', 'crm'],
      ['crm'],
      ['handlers_changed onCompleted:audit'],
    ],
    ['without the one that failed', ['billing', '!crm'], ['billing'], [], []],
    [
      'with one renamed',
      ['billing', '!crm'],
      ['invoices', 'crm'],
      ['invoices', 'crm'],
      ['handlers_changed onCompleted:billing'],
    ],
  ])('%s runs what is not done, and nothing else', async (_, before, after, ran, codes) => {
    expect(await upgrade(before, after)).toEqual({ ran, codes });
  });

  it('says once that a handler is unknown, however many events it was done for', async () => {
    const inbox = sharedInbox();
    const first = release(inbox, ['billing', '!crm']);
    for (const call of [1, 2, 3]) {
      await first.calls.receive({
        method: 'POST',
        url: '/',
        origin: 'http://hooks.example.com',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(`CallSid=CA${call}&CallStatus=completed`),
      });
    }
    first.calls.startWorker();
    await settled(inbox);
    await first.calls.close();
    const second = release(inbox, ['crm', 'invoices']);
    await inbox.deadLetters.replayAll();
    second.calls.startWorker();
    await settled(inbox);
    expect(second.errors.map(({ code }) => code)).toEqual(['handlers_changed']);
    expect(second.ran).toHaveLength(6);
  });
});

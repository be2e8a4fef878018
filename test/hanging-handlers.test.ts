// One provider whose handlers hang does not stop the others, and the log says what is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallStatusError, createCallStatus, exotel, type Inbox, memoryInbox, mycpaas } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';

const silent = { info() {}, warn() {}, error() {} };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function durableInbox(): Inbox {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  return sqliteInbox({ path: join(folder, 'calls.db') });
}

/** The same inbox, which its receiver does not close. */
function keptOpen(inbox: Inbox): Inbox {
  return new Proxy(inbox, {
    get(target, name) {
      if (name === 'close') return async () => {};
      const value: unknown = target[name as keyof Inbox];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function callback(fields: Record<string, string>) {
  return {
    method: 'POST',
    url: '/hooks?token=a%20secret',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(fields).toString()),
  };
}

describe.each([
  ['memory', memoryInbox],
  ['SQLite', durableInbox],
] as const)('with the inbox in %s', (_, newInbox) => {
  it('64 handlers of one provider that never settle let those of another run', async () => {
    const [handled, errors]: [string[], CallStatusError[]] = [[], []];
    let hanging = 0;
    const calls = createCallStatus({
      providers: [
        mycpaas({
          token: 'a secret',
          onEnded: () => {
            hanging++;
            return new Promise(() => {});
          },
        }),
        exotel({ token: 'a secret', onEnded: ({ callId }) => handled.push(callId) }),
      ],
      inbox: newInbox(),
      log: silent,
      onError: (error) => errors.push(error),
    });
    closing.push(() => calls.close({ deadlineMs: 100 }));
    for (let call = 0; call < 64; call++) {
      await calls.provider('mycpaas').receive(callback({ CallSid: `CA${call}`, CallStatus: 'completed' }));
    }
    await vi.waitFor(() => expect(hanging).toBeGreaterThan(50));
    const healthy = Array.from({ length: 100 }, (_, call) => `healthy ${call}`);
    for (const CallSid of healthy) await calls.provider('exotel').receive(callback({ CallSid, Status: 'completed' }));
    await vi.waitFor(() => expect(handled.sort()).toEqual(healthy.sort()));
    await vi.waitFor(() => expect(errors.map(({ code }) => code)).toEqual(['worker_full']));
    expect(errors[0]?.message).toMatch(/mycpaas: mycpaas\.onEnded runs 56 times/);
  });

  it('close() keeps its deadline meanwhile, and the next start handles them', async () => {
    const inbox = newInbox();
    const reasons: unknown[] = [];
    let begun = 0;
    const calls = createCallStatus({
      providers: [mycpaas({ token: 'a secret' })],
      inbox: keptOpen(inbox),
      log: silent,
      onEnded(_event, { signal }) {
        begun++;
        return new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason.code)));
      },
    });
    await calls.receive(callback({ CallSid: 'CA1', CallStatus: 'completed' }));
    await vi.waitFor(() => expect(begun).toBe(1));
    await calls.close({ deadlineMs: 300 });
    expect(reasons).toEqual(['closed']);
    const handled: string[] = [];
    const next = createCallStatus({
      providers: [mycpaas({ token: 'a secret' })],
      inbox,
      log: silent,
      onEnded: ({ callId }, { attempt }) => handled.push(`${callId} ${attempt}`),
    });
    closing.push(() => next.close());
    await vi.waitFor(() => expect(handled).toEqual(['CA1 1']));
  });
});

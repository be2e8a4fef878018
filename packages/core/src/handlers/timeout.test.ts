import { describe, expect, it } from 'vitest';
import { codes, errors, inbox, LEASE_MS, pass, record, settled, worker } from '../../test/worker-subject.ts';

const NEVER = new Promise(() => {});
const thenable = new Proxy({}, { get: (_, name) => (name === 'then' ? () => {} : undefined) });

describe('a handler that takes too long', () => {
  it.each([
    ['a promise', NEVER],
    ['a thenable', thenable],
  ])('fails the attempt, with %s that never settles; the other handlers run', async (_, never) => {
    const [reasons, seen]: [unknown[], string[]] = [[], []];
    worker(
      {
        hanging(_event, { signal, attempt }) {
          signal.addEventListener('abort', () => reasons.push(signal.reason.code));
          return attempt === 1 ? never : undefined;
        },
        after: (_event, { signal }) => seen.push(`aborted: ${signal.aborted}`),
      },
      { handlerTimeoutMs: 5000 },
    );
    await record('c1');
    await pass(4999);
    expect([errors, reasons]).toEqual([[], []]);
    await pass(2);
    expect(codes()).toEqual(['handler_timeout hanging']);
    expect(errors[0]?.message).toContain('5000 ms');
    expect([reasons, seen]).toEqual([['handler_timeout'], ['aborted: false']]);
    await pass(200);
    expect(seen).toHaveLength(1);
    expect(settled).toEqual([
      ['c1:ringing', false],
      ['c1:ringing', true],
    ]);
  });

  it('becomes a dead letter that says so, whatever the handler does later', async () => {
    const ends: (() => void)[] = [];
    worker(
      {
        late: () =>
          new Promise<void>((resolve, reject) => {
            ends.push(ends.length === 0 ? resolve : () => reject(new Error('late')));
          }),
      },
      { handlerTimeoutMs: 1000, retry: { attempts: 2, backoff: () => 10 } },
    );
    await record('c1');
    await pass(1005);
    ends[0]?.();
    await pass(1020);
    ends[1]?.();
    await pass(10);
    expect(codes()).toEqual(['handler_timeout late', 'handler_timeout late', 'dead_letter']);
    expect((await inbox.deadLetters.list()).rows).toMatchObject([
      { attempts: 2, error: expect.stringMatching(/^handler_timeout: .*1000 ms/) },
    ]);
  });

  it('frees its place', async () => {
    const seen: string[] = [];
    worker(
      {
        handle({ callId }) {
          seen.push(callId);
          return callId === 'c1' ? NEVER : undefined;
        },
      },
      { handlerTimeoutMs: 5000, concurrency: 1 },
    );
    for (const callId of ['c1', 'c2']) await record(callId);
    await pass(4999);
    expect(seen).toEqual(['c1']);
    await pass(5);
    expect(seen).toEqual(['c1', 'c2']);
  });

  it('may take any time where there is no limit', async () => {
    worker({ handle: () => NEVER });
    await record('c1');
    await pass(LEASE_MS * 100);
    expect(codes()).toEqual([]);
    expect(await inbox.counts()).toMatchObject({ running: 1 });
  });
});

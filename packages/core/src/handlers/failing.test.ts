import { describe, expect, it, vi } from 'vitest';
import { codes, errors, type Handle, inbox, pass, record, settled, worker } from '../../test/worker-subject.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { HandlerContext } from '../handlers.ts';

describe('failing', () => {
  it('tries again after the pause, and calls only the handlers that failed', async () => {
    const seen: string[] = [];
    const failure = new Error('the database is away');
    worker({
      before: (_event, { attempt }) => seen.push(`before ${attempt}`),
      failing: (_event, { attempt }) => {
        seen.push(`failing ${attempt}`);
        if (attempt < 3) throw failure;
      },
      after: (_event, { attempt }) => seen.push(`after ${attempt}`),
    });
    await record('c1');
    await pass(99);
    expect(seen).toEqual(['before 1', 'failing 1', 'after 1']);
    expect(settled).toEqual([['c1:ringing', false]]);
    await pass(2);
    expect(seen.slice(3)).toEqual(['failing 2']);
    await pass(210);
    expect(seen.slice(4)).toEqual(['failing 3']);
    expect(codes()).toEqual(['handler_failed failing', 'handler_failed failing']);
    expect(errors[1]?.details).toEqual({ provider: 'acme', eventId: 'c1:ringing', handler: 'failing', attempt: 2 });
    expect(errors[1]?.cause).toBe(failure);
    expect(settled.at(-1)).toEqual(['c1:ringing', true]);
  });

  it('moves the event to the dead letters after the last attempt, and the call goes on', async () => {
    const handle = vi.fn(({ status }: AnyCallStatusEvent) => {
      if (status === 'queued') throw new TypeError('no such customer');
    });
    worker({ handle });
    await record('c1', 'queued');
    await record('c1', 'completed');
    await pass(1000);
    expect(handle.mock.calls.map(([{ status }]) => status)).toEqual(['queued', 'queued', 'queued', 'completed']);
    expect(codes()).toEqual([...Array(3).fill('handler_failed handle'), 'dead_letter']);
    expect(errors.at(-1)).toMatchObject({
      details: { provider: 'acme', eventId: 'c1:queued', attempt: 3 },
      cause: { message: 'no such customer' },
    });
    const dead = await inbox.deadLetters.get('c1:queued');
    expect(dead).toMatchObject({ attempts: 3, error: 'TypeError: no such customer', handler: 'handle' });
  });

  it('stores a text for whatever was thrown', async () => {
    const thrown: Record<string, unknown> = { c1: 'a string', c2: Object.create(null), c3: undefined };
    const handle: Handle = ({ callId }) => {
      throw thrown[callId];
    };
    worker({ handle }, { retry: { attempts: 1 } });
    for (const callId of Object.keys(thrown)) await record(callId);
    await pass(1);
    const { rows } = await inbox.deadLetters.list();
    expect(rows.map(({ error }) => error).reverse()).toEqual([
      'a string',
      'The thrown value is not an error.',
      'The thrown value is not an error.',
    ]);
  });

  it('tries eight times with growing pauses unless told otherwise', async () => {
    const times: number[] = [];
    worker(
      {
        handle() {
          times.push(Date.now());
          throw new Error('always');
        },
      },
      { retry: {} },
    );
    await record('c1');
    await pass(76 * 60_000);
    expect(times).toHaveLength(8);
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
    for (const [index, pause] of pauses.entries()) {
      const longest = Math.min(2_700_000, 5000 * 3 ** index);
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
      expect(pause).toBeLessThanOrEqual(longest + 1);
    }
    expect((await inbox.counts()).dead).toBe(1);
  });

  it.each([
    ['throws', () => JSON.parse('{')],
    ['returns no number', () => Number.NaN],
  ])('falls back to the default pause when backoff %s', async (_what, backoff) => {
    const handle = vi.fn((_event: unknown, { attempt }: HandlerContext) => {
      if (attempt === 1) throw new Error('once');
    });
    worker({ handle }, { retry: { backoff } });
    await record('c1');
    await pass(5001);
    expect(codes()).toEqual(['handler_failed handle', 'invalid_options']);
    expect(handle).toHaveBeenCalledTimes(2);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../testing/src/manual-clock.ts';
import type { CallStatusError } from '../errors.ts';
import { AsyncContext } from '../handlers/context.ts';
import type { Watch, WatchProgress } from '../inbox/watches.ts';
import type { CallNotice, NoticeContext, NoticeHandler } from '../notice.ts';
import { Notices } from './notices.ts';

const progress: WatchProgress = { asked: 1, told: [], failures: 0 };
const watch: Watch = {
  provider: 'acme',
  tenant: 't1',
  callId: 'c1',
  revision: 1,
  since: '2026-03-02T00:00:00.000Z',
  dueAt: '2026-03-02T00:02:00.000Z',
  expected: { custom: 'order 7' },
  progress,
};
const stuck = {
  ...watch,
  call: { status: 'ringing', terminal: false, lastEventAt: '2026-03-02T00:01:00.000Z' },
} as const satisfies Watch;

const log = { info() {}, warn() {}, error() {} };
let clock: ReturnType<typeof manualClock>;
let errors: CallStatusError[];
beforeEach(() => {
  clock = manualClock(0);
  errors = [];
});

function notices(handlers: Readonly<Record<string, NoticeHandler>>, handlerTimeoutMs = 1000) {
  return new Notices({
    timers: clock.timers,
    log,
    context: new AsyncContext(),
    rulesOf: () => ({ retry: { attempts: 3, backoff: (attempt) => attempt * 100 }, handlerTimeoutMs, concurrency: 1 }),
    handlersFor: (_, kind) =>
      Object.entries(handlers)
        .filter(([name]) => name.startsWith(kind))
        .map(([name, run]) => ({ name, run })),
    report: (error) => void errors.push(error),
  });
}

const fail = (): never => {
  throw new Error('the pager is down');
};

describe('a notice', () => {
  it('says what is known of the call', async () => {
    const got: [CallNotice, NoticeContext][] = [];
    const all = notices({
      onMissing: (notice, context) => void got.push([notice, context]),
      onStuck: async (notice, context) => void got.push([notice, context]),
    });
    const told = { progress: { ...progress, told: ['never_reported'] } };
    expect(await all.tell(watch, 'never_reported', progress)).toEqual(told);
    await all.tell(stuck, 'stuck', progress);
    const about = { provider: 'acme', tenant: 't1', callId: 'c1', asked: 1 };
    const expected = { expected: { custom: 'order 7' }, expectedAt: watch.since };
    expect(got.map(([notice]) => notice)).toEqual([
      { reason: 'never_reported', ...about, ...expected },
      { reason: 'stuck', ...about, ...expected, lastStatus: 'ringing', lastEventAt: stuck.call.lastEventAt },
    ]);
    expect(got[0]?.[1]).toMatchObject({ attempt: 1, log, signal: { aborted: false } });
  });

  it('without a handler is a warning, once per call', async () => {
    const { progress: after } = (await notices({}).tell(watch, 'never_reported', progress)) ?? { progress };
    await notices({}).tell({ ...watch, progress: after }, 'not_ended', after);
    expect(errors).toMatchObject([
      {
        code: 'call_unterminated',
        message: expect.stringContaining('No callback of a call that the application expects came in time. Call: c1.'),
      },
    ]);
    await notices({}).tell({ ...watch, callId: '+15550100001' }, 'not_ended', progress);
    expect(errors[1]?.message).not.toContain('555');
  });
});

describe('a notice that fails', () => {
  it('is delivered again to the handlers that failed', async () => {
    let isDown = true;
    const ran: string[] = [];
    const all = notices({
      'onStuck:log': () => void ran.push('log'),
      'onStuck:page': (_, { attempt }) => {
        ran.push(`page ${attempt}`);
        if (isDown) fail();
      },
    });
    const first = await all.tell(stuck, 'stuck', progress);
    expect(first).toEqual({ progress: { ...progress, failures: 1, doneHandlers: ['onStuck:log'] }, retryInMs: 100 });
    isDown = false;
    const second = await all.tell(stuck, 'stuck', first?.progress ?? progress);
    expect(second).toEqual({ progress: { ...progress, told: ['stuck'] } });
    expect(ran).toEqual(['log', 'page 1', 'page 2']);
    expect(errors).toMatchObject([{ code: 'handler_failed', details: { handler: 'onStuck:page', attempt: 1 } }]);
  });

  it('at every attempt is kept, and told again only if someone asks for it', async () => {
    const all = notices({ onMissing: fail });
    const last = await all.tell(watch, 'never_reported', { ...progress, failures: 2 });
    const failed = { reason: 'never_reported', error: 'Error: the pager is down' };
    expect(last).toEqual({ progress: { ...progress, failed } });
    expect(errors.map(({ code }) => code)).toEqual(['handler_failed', 'notice_failed']);
    const works = notices({ onMissing() {} });
    const { progress: kept = progress } = last ?? {};
    expect((await works.tell(watch, 'not_ended', kept))?.progress).toEqual({ ...kept, told: ['not_ended'] });
    expect((await works.tell(watch, 'never_reported', kept))?.progress).toEqual({
      ...progress,
      told: ['never_reported'],
    });
  });

  it('by taking too long is aborted', async () => {
    let signal: AbortSignal | undefined;
    const all = notices({
      onStuck(_, context) {
        signal = context.signal;
        return new Promise(() => {});
      },
    });
    const telling = all.tell(stuck, 'stuck', progress);
    clock.advance(1000);
    expect(await telling).toMatchObject({ progress: { failures: 1 }, retryInMs: 100 });
    expect(signal?.reason).toMatchObject({ code: 'handler_timeout' });
    expect(errors).toMatchObject([{ code: 'handler_timeout', details: { provider: 'acme', handler: 'onStuck' } }]);
  });

  it('because the receiver closes does not count', async () => {
    const all = notices({ onStuck: () => new Promise(() => {}) }, Number.POSITIVE_INFINITY);
    const telling = all.tell(stuck, 'stuck', progress);
    await Promise.resolve();
    all.interrupt();
    expect(await telling).toBeUndefined();
    expect(errors).toEqual([]);
  });
});

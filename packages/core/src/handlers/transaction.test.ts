import { beforeEach, describe, expect, it } from 'vitest';
import { TransactionalInbox } from '../../test/transactional-inbox.ts';
import { codes, deferred, errors, inbox, pass, record, settled, worker } from '../../test/worker-subject.ts';
import type { HandlerContext } from '../handlers.ts';

let store: TransactionalInbox;
beforeEach(() => {
  store = new TransactionalInbox(inbox);
});
const set = ({ transaction }: HandlerContext, key: string, value: unknown = 1) =>
  transaction.query('SET', [key, value]);
const begin = (...args: Parameters<typeof worker>) => worker(args[0], { inbox: store.inbox, ...args[1] });
const rows = () => [...store.table.keys()];

describe('the transaction of an attempt', () => {
  it('begins with the first statement, is shared by the handlers, and is committed with the result', async () => {
    begin({
      first: (_, context) => set(context, 'a'),
      none: () => {},
      second: async (_, { transaction }) => {
        expect(await transaction.query('SET', ['b', 2])).toEqual({ rows: [], rowCount: 1 });
      },
    });
    await record('c1');
    await pass(10);
    expect([rows(), store.log, settled]).toEqual([['a', 'b'], ['begin', 'commit'], [['c1:ringing', true]]]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('leads from the error of a statement to the handler', async () => {
    async function insertsBill(_: unknown, { transaction }: HandlerContext) {
      await transaction.query('INSERT');
    }
    begin({ insertsBill });
    await record('c1');
    await pass(10);
    expect(errors[0]?.cause).toHaveProperty('stack', expect.stringContaining('insertsBill'));
  });

  it('is not begun by a handler that only looks at it', async () => {
    begin({ handle: (_, { transaction }) => void transaction });
    await record('c1');
    await pass(10);
    expect([store.log, settled]).toEqual([[], [['c1:ringing', true]]]);
  });

  it('is rolled back if a handler fails, and all that used it run again', async () => {
    const seen: string[] = [];
    begin({
      writes: (_, context) => {
        seen.push('writes');
        return set(context, 'a');
      },
      other: () => void seen.push('other'),
      fails: (_, { attempt }) => {
        seen.push('fails');
        if (attempt === 1) throw new Error('broken');
      },
      after: async (_, context) => {
        seen.push('after');
        await set(context, 'b');
      },
    });
    await record('c1');
    await pass(50);
    expect([rows(), store.log, codes()]).toEqual([[], ['begin', 'rollback'], ['handler_failed fails']]);
    await pass(100);
    expect(seen).toEqual(['writes', 'other', 'fails', 'after', 'writes', 'fails', 'after']);
    expect([rows(), store.log.slice(2)]).toEqual([
      ['a', 'b'],
      ['begin', 'commit'],
    ]);
  });

  it('is not begun after a handler has failed', async () => {
    begin({
      fails: (_, { attempt }) => {
        if (attempt === 1) throw new Error('broken');
      },
      after: (_, context) => set(context, 'a'),
    });
    await record('c1');
    await pass(50);
    expect([rows(), store.log, codes()]).toEqual([[], [], ['handler_failed fails']]);
    await pass(100);
    expect([rows(), store.log]).toEqual([['a'], ['begin', 'commit']]);
  });

  it('fails its handler with the error of a statement, even if the handler catches it', async () => {
    begin({
      handle: async (_, { transaction, attempt }) => {
        await transaction.query('SET', ['a', 1]);
        await transaction.query(attempt === 1 ? 'nonsense' : 'SET', ['b', 1]).catch(() => {});
      },
    });
    await record('c1');
    await pass(50);
    expect([rows(), store.log]).toEqual([[], ['begin', 'rollback']]);
    expect(errors[0]).toMatchObject({ code: 'handler_failed', cause: new Error('syntax error') });
    await pass(100);
    expect(rows()).toEqual(['a', 'b']);
  });

  it.each<[string, (context: HandlerContext) => unknown]>([
    ['synchronous', (context) => void set(context, 'a')],
    ['asynchronous', async (context) => void set(context, 'a')],
  ])('waits for statements that a handler did not wait for: %s', async (_, run) => {
    begin({ handle: (__, context) => run(context) });
    await record('c1');
    await pass(10);
    expect([rows(), store.log]).toEqual([['a'], ['begin', 'commit']]);
  });
});

describe('a handler that may no longer use it', () => {
  it('gets an error once it has ended', async () => {
    let late: HandlerContext | undefined;
    begin({
      handle: (_, context) => {
        late = context;
        return set(context, 'a');
      },
    });
    await record('c1');
    await pass(10);
    await expect(set(late as HandlerContext, 'b')).rejects.toMatchObject({
      code: 'no_transaction',
      details: { handler: 'handle', reason: 'The handler has ended.' },
    });
    expect([rows(), store.log]).toEqual([['a'], ['begin', 'commit']]);
  });

  it('gets an error once it has timed out, and what it wrote is undone', async () => {
    const go = deferred();
    const late: unknown[] = [];
    begin(
      {
        handle: async (_, context) => {
          await set(context, context.attempt === 1 ? 'slow' : 'quick');
          if (context.attempt > 1) return;
          await go.promise;
          await set(context, 'late').catch(({ code }) => late.push(code));
        },
      },
      { handlerTimeoutMs: 100 },
    );
    await record('c1');
    await pass(150);
    go.resolve();
    await pass(200);
    expect([rows(), late]).toEqual([['quick'], ['handler_timeout']]);
    expect(store.log).toEqual(['begin', 'rollback', 'begin', 'commit']);
  });

  it('gets an error if the inbox has none', async () => {
    worker({ handle: (_, context) => set(context, 'a') }, { retry: { attempts: 1 } });
    await record('c1');
    await pass(10);
    expect(codes()).toEqual(['handler_failed handle', 'dead_letter']);
    expect((await inbox.deadLetters.list()).rows[0]?.error).toMatch(/^no_transaction: .* has no transactions/);
  });
});

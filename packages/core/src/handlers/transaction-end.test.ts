// How the transaction of an attempt ends if its commit fails, or if the attempt is interrupted.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Fault, TransactionalInbox } from '../../test/transactional-inbox.ts';
import {
  codes,
  deferred,
  errors,
  faulty,
  type Handle,
  inbox,
  LEASE_MS,
  POLL_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import { CallStatusError } from '../errors.ts';
import type { HandlerContext } from '../handlers.ts';
import type { Inbox, Lease } from '../inbox/inbox.ts';

let store: TransactionalInbox;
let attempts: number[];
beforeEach(() => {
  store = new TransactionalInbox(inbox);
  attempts = [];
});

/** Writes a row for each call of the handler. */
const write = async (_: unknown, { transaction, attempt }: HandlerContext): Promise<void> => {
  attempts.push(attempt);
  await transaction.query('SET', [`row ${attempts.length}`, 1]);
};
const rows = () => [...store.table.keys()];
const connectionLost = () => new Error('Connection terminated unexpectedly');
const unavailable = () => new CallStatusError('inbox_unavailable', {}, { cause: connectionLost() });

/** The next lease is taken by another worker, which leaves it or finishes it. */
async function takeAway(lease: Lease, isFinished = false): Promise<void> {
  await inbox.release(lease);
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 10 * LEASE_MS, owner: 'another' });
  for (const job of jobs) if (isFinished) await inbox.finish(job.lease);
}

describe('a commit', () => {
  it.each<[what: string, at: Fault, cause: () => Error, codes: string[]]>([
    ['that took effect, and whose answer was lost, counts', 'after', connectionLost, []],
    ['that took effect counts if the inbox failed', 'after', unavailable, ['inbox_unavailable']],
  ])('%s', async (_, at, cause, expected) => {
    store.fault = { at, cause: cause() };
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(1000);
    expect([rows(), attempts, settled, codes()]).toEqual([['row 1'], [1], [['c1:ringing', true]], expected]);
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  it('that the database refused fails the attempt', async () => {
    store.fault = { at: 'before', cause: new Error('violates foreign key constraint') };
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(1000);
    expect([rows(), attempts, codes()]).toEqual([['row 2'], [1, 2], ['handler_failed']]);
    expect(errors[0]?.message).toMatch(/Its transaction was not committed\./);
  });

  it('that the database always refuses makes a dead letter', async () => {
    worker(
      {
        write: (event, context) => {
          store.fault = { at: 'before', cause: new Error('violates foreign key constraint') };
          return write(event, context);
        },
      },
      { inbox: store.inbox },
    );
    await record('c1');
    await pass(1000);
    expect([rows(), attempts, codes().at(-1)]).toEqual([[], [1, 2, 3], 'dead_letter']);
    expect((await inbox.deadLetters.list()).rows[0]?.error).toMatch(/foreign key/);
  });

  it('that the inbox could not carry out is no failed attempt', async () => {
    store.fault = { at: 'before', cause: unavailable() };
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(1000);
    expect([rows(), attempts, codes()]).toEqual([['row 2'], [1, 1], ['inbox_unavailable']]);
  });

  it('whose outcome cannot be asked for at once is asked for again', async () => {
    let refused = 2;
    const renew: Inbox['renew'] = (leases, ms) =>
      refused-- > 0 ? Promise.reject(connectionLost()) : inbox.renew(leases, ms);
    store = new TransactionalInbox(faulty({ renew }));
    store.fault = { at: 'after', cause: connectionLost() };
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(3 * POLL_MS);
    expect([rows(), attempts, settled]).toEqual([['row 1'], [1], [['c1:ringing', true]]]);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_unavailable']);
  });

  it('whose outcome is known only after the lease has ended does not count: another may have handled the event', async () => {
    let isDown = true;
    const renew: Inbox['renew'] = (leases, ms) => (isDown ? Promise.reject(connectionLost()) : inbox.renew(leases, ms));
    store = new TransactionalInbox(faulty({ renew }));
    store.fault = { at: 'after', cause: connectionLost() };
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(LEASE_MS + POLL_MS);
    isDown = false;
    await pass(POLL_MS);
    expect([rows(), settled, codes().at(-1)]).toEqual([['row 1'], [['c1:ringing', false]], 'lease_lost']);
  });

  it.each([false, true])('of a lease that is lost undoes everything (finished elsewhere: %s)', async (isFinished) => {
    const finish: Inbox['finish'] = async (lease) => {
      await takeAway(lease, isFinished);
      return inbox.finish(lease);
    };
    store = new TransactionalInbox(faulty({ finish }));
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(10);
    expect([rows(), store.log, codes()]).toEqual([[], ['begin', 'undo'], ['lease_lost']]);
    expect(settled).toEqual([['c1:ringing', false]]);
  });

  it('that takes longer than the lease, so that this process takes the event again, undoes everything and runs again', async () => {
    const committing = deferred();
    let commits = 0;
    const finish: Inbox['finish'] = async (lease) => {
      if (++commits === 1) await committing.promise;
      return inbox.finish(lease);
    };
    store = new TransactionalInbox(faulty({ finish }));
    worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(LEASE_MS + 3 * POLL_MS);
    committing.resolve();
    await pass(1000);
    expect([rows(), store.log]).toEqual([['row 2'], ['begin', 'undo', 'begin', 'commit']]);
    expect([attempts, codes()]).toEqual([[1, 1], []]);
  });

  it('is left to its end when the worker stops, and the event is given back', async () => {
    const committing = deferred();
    const finish: Inbox['finish'] = async (lease) => {
      await committing.promise;
      return inbox.finish(lease);
    };
    const renew: Inbox['renew'] = () => expect.unreachable();
    store = new TransactionalInbox(faulty({ finish, renew }));
    store.fault = { at: 'after', cause: connectionLost() };
    const stopping = worker({ write }, { inbox: store.inbox });
    await record('c1');
    await pass(10);
    const stopped = stopping.stop(10);
    await pass(20);
    await stopped;
    committing.resolve();
    await pass(10);
    // Released, so the commit does not take effect.
    expect([rows(), store.log, settled]).toEqual([[], ['begin', 'undo'], [['c1:ringing', false]]]);
    expect(await inbox.counts()).toMatchObject({ waiting: 1, running: 0 });
  });
});

describe('an interrupted attempt', () => {
  it('is rolled back at once when its lease is lost, and its handler gets an error', async () => {
    const slow = deferred();
    const renew: Inbox['renew'] = async (leases, ms) => {
      await takeAway(leases[0] as Lease);
      return inbox.renew(leases, ms);
    };
    store = new TransactionalInbox(faulty({ renew }));
    const late: string[] = [];
    const handle: Handle = async (event, context) => {
      await write(event, context);
      await slow.promise;
      await write(event, context).catch(({ code }) => late.push(code));
    };
    worker({ handle }, { inbox: store.inbox });
    await record('c1');
    await pass(LEASE_MS / 2);
    expect([rows(), store.log]).toEqual([[], ['begin', 'rollback']]);
    slow.resolve();
    await pass(1);
    expect([rows(), late, settled]).toEqual([[], ['lease_lost'], [['c1:ringing', false]]]);
  });

  it('is rolled back when the worker stops', async () => {
    const stopping = worker(
      {
        handle: async (event, context) => {
          await write(event, context);
          await new Promise((_, stop) => context.signal.addEventListener('abort', stop));
        },
      },
      { inbox: store.inbox },
    );
    await record('c1');
    await pass(10);
    const stopped = stopping.stop(10);
    await pass(20);
    await stopped;
    expect([rows(), store.log]).toEqual([[], ['begin', 'rollback']]);
    expect(await inbox.counts()).toMatchObject({ waiting: 1, running: 0 });
  });

  it('runs again though its lease came back, since its writes were undone', async () => {
    let isDown = true;
    const renew: Inbox['renew'] = (leases, ms) => (isDown ? Promise.reject(connectionLost()) : inbox.renew(leases, ms));
    store = new TransactionalInbox(faulty({ renew }));
    const slow = deferred();
    const seen: string[] = [];
    worker(
      {
        async slow(event, context) {
          await write(event, context);
          if (isDown) await slow.promise;
        },
        after: async (event, context) => {
          seen.push('after');
          await write(event, context);
        },
      },
      { inbox: store.inbox },
    );
    await record('c1');
    await pass(LEASE_MS);
    expect(store.log).toEqual(['begin', 'rollback']);
    isDown = false;
    await pass(LEASE_MS / 3);
    slow.resolve();
    await pass(2000);
    expect([store.log, seen]).toEqual([
      ['begin', 'rollback', 'begin', 'commit'],
      ['after', 'after'],
    ]);
    expect([rows(), new Set(attempts)]).toEqual([['row 3', 'row 4'], new Set([1])]);
    expect(settled).toEqual([
      ['c1:ringing', false],
      ['c1:ringing', true],
    ]);
  });
});

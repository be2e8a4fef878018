// Handlers that write to the database of the inbox: with the result of their event, or not at all.
import { type CallStatusError, createCallStatus, type Handlers, mycpaas } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { postgresInbox } from '../src/index.ts';
import { queryAt } from './servers/postgres.ts';
import { startProxy } from './servers/proxy.ts';
import { freshSchema, sharedServer } from './servers/test-server.ts';

const url = await sharedServer();

describe.skipIf(url === undefined)('context.transaction', () => {
  /** A receiver whose handlers write to a table of the application. */
  async function receiver(handlers: (table: string) => Handlers, at = url as string) {
    const schema = freshSchema(url as string);
    const table = `${schema}.bills`;
    const inbox = postgresInbox({ url: at, schema });
    const errors: CallStatusError[] = [];
    const calls = createCallStatus({
      providers: [mycpaas()],
      log: { warn() {}, error() {} },
      inbox,
      worker: false,
      retry: { attempts: 3, backoff: () => 20 },
      onError: (error) => errors.push(error),
      ...handlers(table),
    });
    onTestFinished(() => calls.close());
    await calls.ready();
    await queryAt(url as string, `CREATE TABLE ${table} (call text UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
    await calls.provider('mycpaas').record({ CallSid: 'CA1', CallStatus: 'completed' });
    calls.startWorker();
    const isIdle = async (): Promise<void> => {
      const { waiting, running } = await inbox.counts();
      expect([waiting, running]).toEqual([0, 0]);
    };
    const rows = async () => (await queryAt(url as string, `SELECT call FROM ${table}`)).map((row) => row['call']);
    return { inbox, errors, rows, handled: () => vi.waitFor(isIdle) };
  }

  it('commits what handlers wrote together with the result', async () => {
    const { rows, handled, errors } = await receiver((table) => ({
      onCompleted: async ({ callId }, { transaction }) => {
        await transaction.query(`INSERT INTO ${table} VALUES ($1)`, [callId]);
      },
      onEnded: async (_, { transaction }) => {
        const { rows: seen } = await transaction.query<{ call: string }>(`SELECT call FROM ${table}`);
        expect(seen).toEqual([{ call: 'CA1' }]);
      },
    }));
    await handled();
    expect([await rows(), errors]).toEqual([['CA1'], []]);
  });

  it('undoes what handlers wrote if one of them fails, and runs them again', async () => {
    const { rows, handled, errors } = await receiver((table) => ({
      onCompleted: async (_, { transaction, attempt }) => {
        await transaction.query(`INSERT INTO ${table} VALUES ($1)`, [`attempt ${attempt}`]);
      },
      onEnded: (_, { attempt }) => {
        if (attempt === 1) throw new Error('once');
      },
    }));
    await handled();
    expect([await rows(), errors.map(({ code }) => code)]).toEqual([['attempt 2'], ['handler_failed']]);
  });

  it('fails the attempt if a constraint is violated at the commit', async () => {
    const { inbox, rows, handled, errors } = await receiver((table) => ({
      onCompleted: async (_, { transaction }) => {
        await transaction.query(`INSERT INTO ${table} VALUES ('same'), ('same')`);
      },
    }));
    await handled();
    expect(await rows()).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual([...Array(3).fill('handler_failed'), 'dead_letter']);
    expect((await inbox.deadLetters.list()).rows[0]?.error).toMatch(/unique constraint/);
  });

  it.each([
    ['before', 'runs the handler again', 2],
    ['after', 'counts', 1],
  ] as const)('a connection that is cut %s the commit: %s, and the writes are there once', async (when, _, runs) => {
    const proxy = await startProxy(url as string);
    onTestFinished(() => proxy.stop());
    const cut = proxy.cut(when, /INSERT INTO \S+bills/);
    const fences: number[] = [];
    const { rows, handled, errors } = await receiver(
      (table) => ({
        onCompleted: async ({ callId }, { transaction, attempt, fence }) => {
          expect(attempt).toBe(1);
          fences.push(fence);
          await transaction.query(`INSERT INTO ${table} VALUES ($1)`, [callId]);
        },
      }),
      proxy.url,
    );
    await cut;
    await handled();
    expect([await rows(), fences.length]).toEqual([['CA1'], runs]);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['inbox_unavailable']));
  });
});

import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { type DatabaseClass, loadEngine, type Statement } from '../src/database/engine.ts';
import { Connection } from '../src/store/connection.ts';
import { eventColumnsOf } from '../src/store/rows.ts';
import { CommitLoop } from '../src/thread/commit-loop.ts';
import { ExitGate } from '../src/thread/exit-gate.ts';
import { CLOSE } from '../src/thread/protocol.ts';
import { anEvent } from './events.ts';
import { openInbox, temporaryFile } from './support.ts';

let commits = 0;

/** The engine, counting its commits. */
function counting(): DatabaseClass {
  return class extends loadEngine() {
    override prepare(sql: string): Statement {
      const statement = super.prepare(sql);
      if (sql !== 'COMMIT') return statement;
      return {
        get: statement.get.bind(statement),
        all: statement.all.bind(statement),
        run: () => {
          commits++;
          return statement.run();
        },
      };
    }
  };
}

it('commits writes together that arrived during a transaction', async () => {
  const path = temporaryFile();
  const { port1, port2 } = new MessageChannel();
  const options = { groupCommit: true, busyTimeoutMs: 1000 };
  const connection = new Connection(path, counting());
  connection.open({ create: true, waitMs: 0 });
  new CommitLoop(port2, connection, new ExitGate(ExitGate.memory()), options);
  commits = 0;
  for (const callId of ['c1', 'c2', 'c3']) port1.postMessage(['record', [eventColumnsOf(anEvent(callId))], undefined]);
  const [answer] = await once(port1, 'message');
  expect(answer).toEqual({ results: Array(3).fill(['advance', false]), isWorkDue: true, ms: expect.any(Number) });
  expect(commits).toBe(1);
  port1.postMessage(CLOSE);
  await once(port1, 'close');
});

it('keeps an exiting process for one transaction, or for closing, not for all pending writes', async () => {
  const { port1, port2 } = new MessageChannel();
  const entered: number[] = [];
  const gate = new (class extends ExitGate {
    override enter(): void {
      entered.push(commits);
      super.enter();
    }
  })(ExitGate.memory());
  const options = { groupCommit: false, busyTimeoutMs: 1000 };
  const connection = new Connection(temporaryFile(), counting());
  connection.open({ create: true, waitMs: 0 });
  new CommitLoop(port2, connection, gate, options);
  commits = 0;
  let answers = 0;
  port1.on('message', () => answers++);
  port1.postMessage(['c1', 'c2', 'c3'].flatMap((callId) => ['record', [eventColumnsOf(anEvent(callId))], undefined]));
  await vi.waitFor(() => expect(answers).toBe(3));
  port1.postMessage(CLOSE);
  await once(port1, 'close');
  expect(entered).toEqual([0, 1, 2, 3]);
});

it.each([
  [true, 1],
  [false, 64],
])('commits the writes of one turn together, with group commit %s', async (groupCommit, expected) => {
  const inbox = openInbox({ path: temporaryFile(), groupCommit }, { engine: counting() });
  await inbox.record(anEvent('first', 'ringing'));
  commits = 0;
  const recorded = Array.from({ length: 64 }, (_, call) => inbox.record(anEvent(`c${call}`, 'ringing')));
  expect(await Promise.all(recorded)).toEqual(Array(64).fill({ transition: 'advance', done: false }));
  expect(commits).toBe(expected);
});

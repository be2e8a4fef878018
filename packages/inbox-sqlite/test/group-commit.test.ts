import { expect, it } from 'vitest';
import { type DatabaseClass, loadEngine, type Statement } from '../src/engine.ts';
import { resolveOptions } from '../src/options.ts';
import { SqliteInbox } from '../src/sqlite-inbox.ts';
import { anEvent } from './events.ts';
import { temporaryFile } from './support.ts';

let commits = 0;

/** The engine, with a count of the commits. */
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

it.each([
  [true, 1],
  [false, 64],
])('commits what arrives in one turn together, with group commit %s', async (groupCommit, expected) => {
  const inbox = new SqliteInbox(resolveOptions({ path: temporaryFile(), groupCommit }), counting());
  await inbox.record(anEvent('first', 'ringing'));
  commits = 0;
  const recorded = Array.from({ length: 64 }, (_, call) => inbox.record(anEvent(`c${call}`, 'ringing')));
  expect(await Promise.all(recorded)).toEqual(Array(64).fill({ transition: 'advance', done: false }));
  expect(commits).toBe(expected);
  await inbox.close();
});

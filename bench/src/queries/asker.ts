/** Fills a store, and asks it what a board asks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { answerWith } from '../child.ts';
import { quantile } from '../statistics.ts';
import { fillPostgres } from './fill-postgres.ts';
import { fillSqlite } from './fill-sqlite.ts';
import { type Question, questionsOf } from './questions.ts';

/** How many calls the store has; without the URL of a database, it is an SQLite file. */
export interface Ask {
  readonly calls: number;
  readonly url?: string;
  /** Only those whose name contains this. */
  readonly only?: string;
}

/** How long an answer took, and how long the event loop was blocked at a time, in milliseconds. */
export interface Answer {
  readonly name: string;
  /** On a busy machine, what is nearest to the cost of the query. */
  readonly best: number;
  readonly median: number;
  readonly p99: number;
  readonly longestBlock: number;
  readonly wanted: number | undefined;
}

const WARM_UP = 5;
const LEAST_RUNS = 5;
const MOST_RUNS = 100;
const LONGEST_MS = 2000;

answerWith(async ({ calls, url, only = '' }: Ask): Promise<readonly Answer[]> => {
  const now = Date.now();
  const inbox = await (url === undefined ? filledSqlite(calls, now) : filledPostgres(url, calls, now));
  const answers: Answer[] = [];
  for (const question of questionsOf(calls, now)) {
    if (question.name.includes(only)) answers.push(await measure(inbox, question));
  }
  await inbox.close();
  return answers;
});

async function filledSqlite(calls: number, now: number): Promise<Inbox> {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'calls.db');
  await fillSqlite(path, calls, now);
  const inbox = sqliteInbox({ path });
  await inbox.ready?.();
  return inbox;
}

async function filledPostgres(url: string, calls: number, now: number): Promise<Inbox> {
  await fillPostgres(url, 'board', calls, now);
  const inbox = postgresInbox({ url, schema: 'board' });
  await inbox.ready?.();
  return inbox;
}

async function measure(inbox: Inbox, { name, wantedMs, ask, pauseMs }: Question): Promise<Answer> {
  const [times, blocks]: [number[], number[]] = [[], []];
  const runs = pauseMs === undefined ? MOST_RUNS : LEAST_RUNS;
  const end = performance.now() + LONGEST_MS;
  for (let run = -WARM_UP; run < runs && (run < LEAST_RUNS || performance.now() < end); run++) {
    if (pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const { ms, longestBlock } = await timed(() => ask(inbox));
    if (run < 0) continue;
    times.push(ms);
    blocks.push(longestBlock);
  }
  // Of the longest blocks the median: those of the machine come in seldom.
  const [best, median, p99] = [quantile(times, 0), quantile(times, 0.5), quantile(times, 0.99)];
  return { name, best, median, p99, longestBlock: quantile(blocks, 0.5), wanted: wantedMs };
}

/** The longest time between two turns of the event loop meanwhile is a block. */
async function timed(run: () => Promise<unknown>): Promise<{ ms: number; longestBlock: number }> {
  const begun = performance.now();
  let [last, longestBlock, isRunning] = [begun, 0, true];
  const look = (): void => {
    const now = performance.now();
    longestBlock = Math.max(longestBlock, now - last);
    last = now;
    if (isRunning) setImmediate(look);
  };
  setImmediate(look);
  await run();
  const ms = performance.now() - begun;
  isRunning = false;
  look();
  return { ms, longestBlock };
}

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

/** What to do: one message each, so that none takes long. */
export type Ask = Filling | { readonly name: string } | 'close';

/** A store with so many calls: in the database with this URL, or an SQLite file. It was filled at `now`. */
export interface Filling {
  readonly calls: number;
  readonly now: number;
  readonly url?: string;
}

/** How long an answer took, and how long the event loop was blocked at a time, in milliseconds. */
export interface Answer {
  /** On a busy machine, what is nearest to the cost of the query. */
  readonly best: number;
  readonly median: number;
  readonly p99: number;
  /** The least CPU time of this process, with its threads. */
  readonly cpu: number;
  readonly longestBlock: Block;
}

/** The longest time between two turns of the event loop. */
interface Block {
  readonly ms: number;
  /** The most CPU time that this process took in one. On a busy machine, all the rest is other programs. */
  readonly cpu: number;
}

const WARM_UP = 5;
const LEAST_RUNS = 5;
const MOST_RUNS = 100;
const LONGEST_MS = 1000;

let inbox: Inbox | undefined;
let questions: readonly Question[] = [];

answerWith(async (ask: Ask): Promise<Answer | undefined> => {
  if (ask === 'close') return inbox?.close().then(() => undefined);
  if ('name' in ask) {
    const question = questions.find(({ name }) => name === ask.name);
    return inbox && question && measure(inbox, question);
  }
  const { calls, now, url } = ask;
  inbox = await (url === undefined ? filledSqlite(calls, now) : filledPostgres(url, calls, now));
  questions = questionsOf(calls, now);
  return undefined;
});

async function filledSqlite(calls: number, now: number): Promise<Inbox> {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'calls.db');
  await fillSqlite(path, calls, now);
  const filled = sqliteInbox({ path });
  await filled.ready?.();
  return filled;
}

async function filledPostgres(url: string, calls: number, now: number): Promise<Inbox> {
  await fillPostgres(url, 'board', calls, now);
  const filled = postgresInbox({ url, schema: 'board' });
  await filled.ready?.();
  return filled;
}

async function measure(store: Inbox, { ask, pauseMs }: Question): Promise<Answer> {
  const times: { readonly ms: number; readonly cpu: number }[] = [];
  const blocks: Block[] = [];
  const runs = pauseMs === undefined ? MOST_RUNS : LEAST_RUNS;
  const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs));
  const end = performance.now() + LONGEST_MS;
  for (let run = -WARM_UP; run < runs && (run < LEAST_RUNS || performance.now() < end); run++) {
    if (pauseMs !== undefined) await pause();
    const time = await timed(() => ask(store));
    if (pauseMs !== undefined) await pause();
    // Apart, as looking takes CPU time too.
    const block = await longestBlock(() => ask(store));
    if (run < 0) continue;
    times.push(time);
    blocks.push(block);
  }
  const all = times.map(({ ms }) => ms);
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  return {
    best: quantile(all, 0),
    median: median(all),
    p99: quantile(all, 0.99),
    cpu: quantile(
      times.map(({ cpu }) => cpu),
      0,
    ),
    // Of the longest blocks the median: those of the machine come in seldom.
    longestBlock: { ms: median(blocks.map(({ ms }) => ms)), cpu: median(blocks.map(({ cpu }) => cpu)) },
  };
}

async function timed(run: () => Promise<unknown>): Promise<{ ms: number; cpu: number }> {
  const [begunCpu, begun] = [cpuNow(), performance.now()];
  await run();
  return { ms: performance.now() - begun, cpu: cpuNow() - begunCpu };
}

async function longestBlock(run: () => Promise<unknown>): Promise<Block> {
  let [last, lastCpu, isRunning] = [performance.now(), cpuNow(), true];
  let [ms, cpu] = [0, 0];
  const look = (): void => {
    const [now, nowCpu] = [performance.now(), cpuNow()];
    ms = Math.max(ms, now - last);
    cpu = Math.max(cpu, nowCpu - lastCpu);
    [last, lastCpu] = [now, nowCpu];
    if (isRunning) setImmediate(look);
  };
  setImmediate(look);
  await run();
  isRunning = false;
  look();
  return { ms, cpu };
}

/** In milliseconds. */
function cpuNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

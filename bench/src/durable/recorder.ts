/** One inbox in a process of its own: records events, or drains what it has recorded. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCallStatus, type Inbox, signalwire } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { answerWith } from '../child.ts';
import { newSqliteInbox } from '../servers/inboxes.ts';
import { quantile } from '../statistics.ts';
import { BareInsert } from './bare-insert.ts';
import { EVENTS_PER_CALL, eventOf } from './events.ts';

/** Where events are recorded. */
export type StoreName = 'bare INSERT' | 'PostgreSQL' | 'PostgreSQL, unnamed statements' | 'SQLite';

/** Opens the store. Numbers of calls begin at `first`, so that two processes do not record the same. */
export interface Open {
  readonly open: StoreName;
  readonly url: string;
  readonly schema: string;
  readonly first: number;
}

/** Records, each caller its next event when the last one is stored, until the time is over or so many calls are recorded. */
export interface RecordEvents {
  readonly callers: number;
  readonly seconds?: number;
  readonly calls?: number;
}

/** Handles all that is recorded with handlers that do nothing, reads all of the feed, or removes all that has ended. */
export type Task = 'drain' | 'follow' | 'sweep';

/** What it did. */
export interface Work {
  readonly events: number;
  readonly seconds: number;
  /** Microseconds of this process, in all its threads. */
  readonly cpu: number;
  /** Milliseconds from the call of `record` to its result; not for a drain. */
  readonly p50: number;
  readonly p99: number;
}

interface Store {
  record(event: ReturnType<typeof eventOf>): Promise<unknown>;
  close(): Promise<void>;
}

/** Of the sweep: all calls are older. */
const RETENTION_MS = 1000;

let store: Store;
let nextCall = 0;
let recorded = 0;

let opened: Open;

const TASKS = { drain, follow, sweep };

answerWith((message: Open | RecordEvents | Task) => {
  if (typeof message === 'string') return perform(message);
  return 'open' in message ? open(message) : record(message);
});

async function open(request: Open): Promise<void> {
  opened = request;
  const { open: name, url, schema, first } = request;
  nextCall = first;
  if (name === 'bare INSERT') store = await BareInsert.open(url);
  else if (name === 'SQLite') store = await newSqliteInbox(true);
  else {
    const inbox = postgresInbox({ url, schema, preparedStatements: name === 'PostgreSQL' });
    await inbox.ready?.({ create: true });
    store = inbox;
  }
}

async function record({ callers, seconds = Number.POSITIVE_INFINITY, calls = Number.POSITIVE_INFINITY }: RecordEvents) {
  const end = performance.now() + seconds * 1000;
  const last = nextCall + calls;
  const latencies: number[] = [];
  const caller = async (): Promise<void> => {
    while (performance.now() < end && nextCall < last) {
      const call = nextCall++;
      for (let at = 0; at < EVENTS_PER_CALL; at++) {
        const event = eventOf(call, at);
        const begun = performance.now();
        await store.record(event);
        latencies.push(performance.now() - begun);
      }
    }
  };
  const work = await measured(async () => {
    await Promise.all(Array.from({ length: callers }, caller));
    return latencies.length;
  });
  recorded += work.events;
  return { ...work, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

async function perform(task: Task): Promise<Work> {
  if (task === 'sweep') await sleep(2 * RETENTION_MS);
  return measured(() => TASKS[task](store as Inbox));
}

/** Once: its worker runs as long as this process. */
async function drain(inbox: Inbox): Promise<number> {
  const events = recorded;
  recorded = 0;
  let handled = 0;
  await new Promise<void>((resolve) => {
    createCallStatus({
      providers: [signalwire({ signingKey: 'benchmark' })],
      inbox,
      onStatus: () => {
        if (++handled === events) resolve();
      },
    });
  });
  const isIdle = async (): Promise<boolean> => {
    const { waiting, running } = await inbox.counts();
    return waiting + running === 0;
  };
  while (!(await isIdle())) await sleep(1);
  return events;
}

async function follow(inbox: Inbox): Promise<number> {
  let events = 0;
  for (let after: string | undefined; ; ) {
    const page = await inbox.events?.({ limit: 1000, ...(after !== undefined && { after }) });
    if (page === undefined || page.rows.length === 0) return events;
    events += page.rows.length;
    after = page.next;
  }
}

async function sweep(inbox: Inbox): Promise<number> {
  const { ended } = await inbox.counts();
  const { url, schema } = opened;
  const sweeper = postgresInbox({ url, schema, retentionMs: RETENTION_MS, sweepMs: 10 });
  await sweeper.ready?.({ create: true });
  for (let tries = 0; (await inbox.counts()).ended > 0; tries++) {
    if (tries === 10_000) throw new Error('Nothing is removed.');
    await sleep(20);
  }
  await sweeper.close();
  return ended * EVENTS_PER_CALL;
}

/** @param work resolves to the number of events */
async function measured(work: () => Promise<number>): Promise<Work> {
  const before = process.cpuUsage();
  const begun = performance.now();
  const events = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - begun) / 1000;
  return { events, seconds, cpu: user + system, p50: Number.NaN, p99: Number.NaN };
}

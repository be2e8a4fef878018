/** One host at a shared inbox in a process of its own: works, hangs, or reads the feed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCallStatus, type Inbox, signalwire } from '@call-status/core';
import { postgresInbox } from '@call-status/inbox-postgres';
import { answerWith } from '../child.ts';
import { quantile } from '../statistics.ts';
import { eventOf } from './events.ts';

/** What a host does, and what its answer means. */
export type Order =
  /** Opens the inbox. */
  | { readonly open: string; readonly schema: string }
  /** Records one event of a call with this number. */
  | { readonly record: number }
  /** Starts a worker, whose handlers do nothing, or never end. Answers when one has begun. */
  | { readonly work: 'nothing' | 'forever'; readonly leaseMs: number }
  /** Answers when every event is handled, with the number of those that this host has handled. */
  | 'idle'
  /** Reads new pages of the feed for so many seconds. Answers with the latencies of pages that had events, in milliseconds. */
  | { readonly follow: number };

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

let inbox: Inbox;
let handled = 0;

answerWith((order: Order) => {
  if (order === 'idle') return untilIdle();
  if ('open' in order) return open(order.open, order.schema);
  if ('record' in order) return inbox.record(eventOf(order.record, 0));
  return 'work' in order ? work(order.work, order.leaseMs) : follow(order.follow);
});

async function open(url: string, schema: string): Promise<void> {
  inbox = postgresInbox({ url, schema });
  await inbox.ready?.({ create: true });
}

function work(how: 'nothing' | 'forever', leaseMs: number): Promise<void> {
  return new Promise((begun) => {
    createCallStatus({
      providers: [signalwire({ signingKey: 'benchmark' })],
      inbox,
      leaseMs,
      onStatus: () => {
        handled++;
        begun();
        return how === 'forever' ? new Promise(() => {}) : undefined;
      },
    });
  });
}

async function untilIdle(): Promise<number> {
  for (;;) {
    const { waiting, running } = await inbox.counts();
    if (waiting + running === 0) return handled;
    await sleep(10);
  }
}

async function follow(seconds: number): Promise<Latency> {
  const latencies: number[] = [];
  let { next } = await inbox.events({ after: 'end' });
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(20)) {
    const begun = performance.now();
    const page = await inbox.events({ after: next, limit: 100 });
    if (page.rows.length > 0) latencies.push(performance.now() - begun);
    next = page.next;
  }
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

/** Two SQLite inboxes in one process, one that knows few calls and one that knows many, recorded to in turns. */
import type { Inbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { answerWith } from './child.ts';
import { newSqliteInbox } from './servers/inboxes.ts';

/** Makes an inbox for each number of calls. */
export interface FilledInboxes {
  readonly fill: readonly number[];
}

/** Records batches of new events to each of them. */
export interface Batches {
  readonly batches: number;
}

/** Microseconds per event, of each batch. */
export interface RecordCost {
  readonly cpu: number;
  /** As a clock on the wall says: the disk, and waiting for the thread. */
  readonly wall: number;
}

/** Of each batch, by inbox. */
export type RecordCosts = readonly (readonly RecordCost[])[];

const EVENTS_PER_BATCH = 640;
/** Recorded together, as many as there are connections. */
const TOGETHER = 64;

const inboxes: Inbox[] = [];
let serial = 0;

answerWith((message: FilledInboxes | Batches) => ('fill' in message ? fill(message) : measure(message)));

async function fill({ fill: sizes }: FilledInboxes): Promise<void> {
  for (const size of sizes) {
    const inbox = await newSqliteInbox(true);
    await record(inbox, size, 2000);
    await finishAll(inbox);
    inboxes.push(inbox);
  }
}

async function measure({ batches }: Batches): Promise<RecordCosts> {
  const costs: RecordCost[][] = inboxes.map(() => []);
  for (let batch = 0; batch < batches; batch++) {
    for (const [at, inbox] of inboxes.entries()) {
      const before = process.cpuUsage();
      const begun = performance.now();
      await record(inbox, EVENTS_PER_BATCH, TOGETHER);
      await finishAll(inbox);
      const { user, system } = process.cpuUsage(before);
      const wall = (performance.now() - begun) * 1000;
      costs[at]?.push({ cpu: (user + system) / EVENTS_PER_BATCH, wall: wall / EVENTS_PER_BATCH });
    }
  }
  return costs;
}

/** Records events of new calls. */
async function record(inbox: Inbox, count: number, together: number): Promise<void> {
  for (let done = 0; done < count; done += together) {
    await Promise.all(Array.from({ length: Math.min(together, count - done) }, () => inbox.record(newEvent())));
  }
}

/** Finishes all jobs as a worker does, with handlers that take no time. */
async function finishAll(inbox: Inbox): Promise<void> {
  for (;;) {
    const { jobs } = await inbox.take({ limit: TOGETHER, leaseMs: 60_000, owner: 'bench' });
    if (jobs.length === 0) return;
    await Promise.all(jobs.map(({ lease }) => inbox.finish(lease)));
  }
}

function newEvent(): NewEvent {
  // Ids of real calls come in no order.
  const callId = `${(Math.imul(++serial, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-${serial}`;
  return {
    provider: 'signalwire',
    id: `signalwire:${callId}:completed`,
    callId,
    status: 'completed',
    rawStatus: 'completed',
    terminal: true,
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'signed',
    raw: { CallSid: callId, CallStatus: 'completed', SequenceNumber: '3', CallDuration: '12' },
  };
}

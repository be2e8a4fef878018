import { type Child, startChild } from '../child.ts';
import { type Finding, MACHINE, type Section, verdict } from '../report.ts';
import { quantile } from '../statistics.ts';
import { type DatabaseServer, startPostgres } from './database.ts';
import { benchHosts } from './hosts.ts';
import type { Open, RecordEvents, StoreName, Task, Work } from './recorder.ts';

/** How many callers record at once: as many connections as a busy provider has. */
const CALLERS = 64;
const WARM_UP_SECONDS = 2;
const CALLS_TO_DRAIN = 2000;

const STORES: readonly StoreName[] = ['bare INSERT', 'PostgreSQL', 'PostgreSQL, unnamed statements', 'SQLite'];
/** Those whose backlog a worker drains. */
const INBOXES: readonly StoreName[] = ['PostgreSQL', 'SQLite'];

/** What one window measured. */
interface Window extends Work {
  /** Microseconds of the database server, 0 without one. */
  readonly serverCpu: number;
}

type Windows = ReadonlyMap<StoreName, readonly Window[]>;

/** How long to measure. */
export interface DurableOptions {
  readonly rounds: number;
  readonly windows: number;
  readonly seconds: number;
}

/** Recording and handling in PostgreSQL, beside a bare INSERT and beside SQLite, in turns. */
export async function benchPostgres(options: DurableOptions): Promise<readonly Section[]> {
  const server = await startPostgres();
  if (server === undefined) {
    process.stderr.write('PostgreSQL is not installed, so recording in PostgreSQL is NOT measured.\n');
    return [];
  }
  try {
    return [
      recordingSection(await record(server, options)),
      drainSection(await drain(server, options)),
      await benchHosts(server, options.rounds),
    ];
  } finally {
    await server.stop();
  }
}

async function record(server: DatabaseServer, { rounds, windows, seconds }: DurableOptions): Promise<Windows> {
  const results = new Map<StoreName, Window[]>(STORES.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`recording, round ${round + 1} of ${rounds}\n`);
    const recorders = new Map<StoreName, Child>();
    try {
      for (const name of STORES) recorders.set(name, await start(server, name));
      for (const recorder of recorders.values()) await recordFor(recorder, WARM_UP_SECONDS);
      for (let window = 0; window < windows; window++) {
        for (const [name, recorder] of recorders) {
          results.get(name)?.push(await withServer(server, () => recordFor(recorder, seconds)));
        }
      }
    } finally {
      await Promise.all([...recorders.values()].map((recorder) => recorder.stop()));
    }
  }
  return results;
}

async function drain(server: DatabaseServer, { rounds }: DurableOptions): Promise<Windows> {
  const results = new Map<StoreName, Window[]>(INBOXES.map((name) => [name, []]));
  // Each needs a new process, so a round is one window. The first, which is not kept, warms the machine up.
  for (let round = 0; round <= rounds; round++) {
    process.stderr.write(`draining, round ${round} of ${rounds}\n`);
    for (const name of INBOXES) {
      const recorder = await start(server, name);
      try {
        await recorder.ask({ callers: CALLERS, calls: CALLS_TO_DRAIN } satisfies RecordEvents);
        const work = await withServer(server, () => recorder.ask<Work>('drain' satisfies Task));
        if (round > 0) results.get(name)?.push(work);
      } finally {
        await recorder.stop();
      }
    }
  }
  return results;
}

let opened = 0;

async function start(server: DatabaseServer, name: StoreName): Promise<Child> {
  const recorder = startChild('durable/recorder.js', 'any');
  const schema = `bench_${++opened}`;
  await recorder.ask({ open: name, url: server.url, schema, first: opened * 10_000_000 } satisfies Open);
  return recorder;
}

function recordFor(recorder: Child, seconds: number): Promise<Work> {
  return recorder.ask<Work>({ callers: CALLERS, seconds } satisfies RecordEvents);
}

async function withServer(server: DatabaseServer, work: () => Promise<Work>): Promise<Window> {
  const before = server.cpu();
  const done = await work();
  return { ...done, serverCpu: server.cpu() - before };
}

const rate = ({ events, seconds }: Window): number => events / seconds;
const nodeCpu = ({ cpu, events }: Window): number => cpu / events;
const serverCpu = ({ serverCpu: cpu, events }: Window): number => cpu / events;

function median(windows: readonly Window[] | undefined, of: (window: Window) => number): number {
  return quantile((windows ?? []).map(of), 0.5);
}

/** The median of the ratios of windows that were measured one after the other. */
function ratio(all: Windows, name: StoreName, beside: StoreName, of: (window: Window) => number): number {
  const others = all.get(beside) ?? [];
  const ratios = (all.get(name) ?? []).map((own, at) => of(own) / of(others[at] as Window));
  return quantile(ratios, 0.5);
}

function recordingSection(all: Windows): Section {
  const ours = all.get('PostgreSQL');
  const p99 = (window: Window): number => window.p99;
  const beside = (
    other: StoreName,
    what: string,
    target: Finding['target'],
    of: (window: Window) => number,
  ): Finding => ({
    what: `${what}, PostgreSQL`,
    beside: other,
    target,
    measured: ratio(all, 'PostgreSQL', other, of),
  });
  const findings = [
    beside('bare INSERT', 'events/s recorded', { atLeast: 0.25 }, rate),
    beside('SQLite', 'events/s recorded', { atLeast: 0.45 }, rate),
    beside('bare INSERT', 'p99 of recording', { atMost: 4 }, p99),
    {
      what: 'CPU µs per event, PostgreSQL, in node',
      beside: '',
      target: { atMost: 100 },
      measured: median(ours, nodeCpu),
    },
    {
      what: 'CPU µs per event, PostgreSQL, in the server',
      beside: '',
      target: { atMost: 100 },
      measured: median(ours, serverCpu),
    },
  ];
  return {
    title: `Recording with ${CALLERS} callers, ${MACHINE}`,
    columns: ['store', 'events/s', 'beside bare INSERT', 'beside SQLite', 'p50 ms', 'p99 ms', 'node µs', 'server µs'],
    rows: STORES.map((name) => {
      const own = all.get(name);
      return [
        name,
        Math.round(median(own, rate)),
        `**${ratio(all, name, 'bare INSERT', rate).toFixed(2)}**`,
        `**${ratio(all, name, 'SQLite', rate).toFixed(2)}**`,
        median(own, ({ p50 }) => p50).toFixed(1),
        median(own, p99).toFixed(1),
        median(own, nodeCpu).toFixed(0),
        name === 'SQLite' ? '' : median(own, serverCpu).toFixed(0),
      ];
    }),
    findings,
  };
}

function drainSection(all: Windows): Section {
  const target = { atLeast: 1 };
  const measured = ratio(all, 'PostgreSQL', 'SQLite', rate);
  return {
    title: `One worker drains ${CALLS_TO_DRAIN} calls, ${MACHINE}`,
    columns: ['store', 'events/s', 'beside SQLite', 'target', 'node µs', 'server µs'],
    rows: INBOXES.map((name) => [
      name,
      Math.round(median(all.get(name), rate)),
      `**${ratio(all, name, 'SQLite', rate).toFixed(2)}**`,
      name === 'SQLite' ? '' : verdict(measured, target),
      median(all.get(name), nodeCpu).toFixed(0),
      name === 'SQLite' ? '' : median(all.get(name), serverCpu).toFixed(0),
    ]),
    findings: [{ what: 'events/s drained, PostgreSQL', beside: 'SQLite', target, measured }],
  };
}

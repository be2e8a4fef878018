import { type Child, startChild } from '../child.ts';
import { type Finding, MACHINE, type Section, verdict } from '../report.ts';
import { quantile } from '../statistics.ts';
import type { DatabaseServer } from './database.ts';
import type { Latency, Order } from './host.ts';
import type { Open, RecordEvents, Work } from './recorder.ts';

const CALLERS = 64;
const CALLS_TO_DRAIN = 2000;
const FOLLOWED_SECONDS = 3;
const LEASE_MS = 2000;
/** How often a worker looks for jobs that no host tells it of, by default. */
const POLL_MS = 1000;

/** What several hosts at one inbox gain, and what they wait for. */
export async function benchHosts(server: DatabaseServer, rounds: number): Promise<Section> {
  const [gains, pages, takeOvers]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`hosts, round ${round + 1} of ${rounds}\n`);
    const [one, two] = [await drain(server, 1), await drain(server, 2)];
    gains.push(two / one);
    pages.push(await follow(server));
    takeOvers.push((await takeOver(server)) / (LEASE_MS + POLL_MS));
  }
  const findings: readonly Finding[] = [
    {
      what: 'events/s drained by two workers',
      beside: 'one worker',
      target: { atLeast: 0.9 },
      measured: quantile(gains, 0.5),
    },
    {
      what: 'p99 of a page of the feed under load',
      beside: 'p99 of recording',
      target: { atMost: 1.5 },
      measured: quantile(pages, 0.5),
    },
    {
      what: 'pause of a call whose host was lost',
      beside: 'leaseMs + pollMs',
      target: { atMost: 1 },
      measured: quantile(takeOvers, 0.5),
    },
  ];
  return {
    title: `Several hosts, ${MACHINE}`,
    columns: ['', 'beside', 'ratio', 'target'],
    rows: findings.map(({ what, beside, target, measured }) => [
      what,
      beside,
      `**${measured.toFixed(2)}**`,
      verdict(measured, target),
    ]),
    findings,
  };
}

let schemas = 0;

/** Runs with hosts at a new inbox, and one that records. */
async function withHosts<T>(
  { url }: DatabaseServer,
  count: number,
  run: (recorder: Child, ...hosts: readonly Host[]) => Promise<T>,
): Promise<T> {
  const schema = `hosts_${++schemas}`;
  const recorder = startChild('durable/recorder.js', 'any');
  const hosts = Array.from({ length: count }, () => new Host());
  try {
    await recorder.ask({ open: 'PostgreSQL', url, schema, first: 0 } satisfies Open);
    for (const host of hosts) await host.ask({ open: url, schema });
    return await run(recorder, ...hosts);
  } finally {
    await Promise.all([recorder, ...hosts].map((child) => child.stop()));
  }
}

class Host {
  readonly #child = startChild('durable/host.js', 'any');

  ask<Answer>(order: Order): Promise<Answer> {
    return this.#child.ask<Answer>(order);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

/** @returns events per second */
function drain(server: DatabaseServer, workers: number): Promise<number> {
  return withHosts(server, workers, async (recorder, ...hosts) => {
    const { events } = await recorder.ask<Work>({ callers: CALLERS, calls: CALLS_TO_DRAIN } satisfies RecordEvents);
    const begun = performance.now();
    await Promise.all(hosts.map((host) => host.ask({ work: 'nothing', leaseMs: 15_000 })));
    const handled = await Promise.all(hosts.map((host) => host.ask<number>('idle')));
    const seconds = (performance.now() - begun) / 1000;
    if (handled.reduce((sum, count) => sum + count) !== events) throw new Error('Not every event was handled once.');
    return events / seconds;
  });
}

/** @returns how much longer the slowest pages take than the slowest records */
function follow(server: DatabaseServer): Promise<number> {
  return withHosts(server, 1, async (recorder, host) => {
    const [page, record] = await Promise.all([
      host.ask<Latency>({ follow: FOLLOWED_SECONDS }),
      recorder.ask<Work>({ callers: CALLERS, seconds: FOLLOWED_SECONDS } satisfies RecordEvents),
    ]);
    return page.p99 / record.p99;
  });
}

/** @returns milliseconds from the death of the worker that has an event to the next attempt */
function takeOver(server: DatabaseServer): Promise<number> {
  return withHosts(server, 2, async (_recorder, first, second) => {
    await first.ask({ record: 0 });
    await first.ask({ work: 'forever', leaseMs: LEASE_MS });
    await first.stop();
    const died = performance.now();
    await second.ask({ work: 'nothing', leaseMs: LEASE_MS });
    return performance.now() - died;
  });
}

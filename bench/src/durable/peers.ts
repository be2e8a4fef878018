import { check } from '../check.ts';
import { type Child, startChild } from '../child.ts';
import type { LoadResult, RunLoad } from '../load.ts';
import { type Finding, MACHINE, type Section, verdict } from '../report.ts';
import type { ServerCost } from '../server.ts';
import type { ServerName } from '../servers/servers.ts';
import { quantile } from '../statistics.ts';
import { type DatabaseServer, startPostgres, startRedis } from './database.ts';
import type { DurableOptions } from './recording.ts';

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** So many callbacks are prepared for a second. */
const MOST_PER_SECOND = 20_000;
const KIND = 'signalwire-form';

/** What is compared, and which server it needs besides its own. */
interface Contender {
  readonly name: ServerName;
  readonly needs?: 'PostgreSQL' | 'Redis';
}

const CONTENDERS: readonly Contender[] = [
  { name: 'express, SQLite, no worker' },
  { name: 'express, PostgreSQL, no worker', needs: 'PostgreSQL' },
  { name: 'express, BullMQ', needs: 'Redis' },
  { name: 'express, pg-boss', needs: 'PostgreSQL' },
];

/** By name and the peer beside it: of the peer's throughput, at least. */
const TARGETS: readonly (readonly [ServerName, ServerName, number])[] = [
  ['express, SQLite, no worker', 'express, BullMQ', 2.5],
  ['express, SQLite, no worker', 'express, pg-boss', 5],
  ['express, PostgreSQL, no worker', 'express, BullMQ', 1],
  ['express, PostgreSQL, no worker', 'express, pg-boss', 1],
];

interface Window extends LoadResult {
  /** Microseconds per request, of the application. */
  readonly appCpu: number;
  /** And of the server that stores. */
  readonly storeCpu: number;
}

/** A verified callback in Express that is stored durably before its 200, in call-status and in the queues that people take, in turns. */
export async function benchPeers(options: DurableOptions): Promise<readonly Section[]> {
  const stores = { PostgreSQL: await startPostgres(), Redis: await startRedis() };
  try {
    for (const [name, server] of Object.entries(stores)) {
      if (server === undefined) process.stderr.write(`${name} is not installed, so what needs it is NOT measured.\n`);
    }
    process.env['BENCH_POSTGRES'] = stores.PostgreSQL?.url;
    process.env['BENCH_REDIS'] = stores.Redis?.url;
    const there = CONTENDERS.filter(({ needs }) => needs === undefined || stores[needs] !== undefined);
    return [section(await measure(there, (needs) => needs && stores[needs], options))];
  } finally {
    for (const server of Object.values(stores)) await server?.stop();
  }
}

async function measure(
  contenders: readonly Contender[],
  storeOf: (needs: Contender['needs']) => DatabaseServer | undefined,
  { rounds, windows, seconds }: DurableOptions,
): Promise<Map<ServerName, Window[]>> {
  const results = new Map<ServerName, Window[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`peers, round ${round + 1} of ${rounds}\n`);
    const load = startChild('load.js', 'load');
    const apps = new Map<ServerName, Child>(
      contenders.map(({ name }) => [name, startChild('server.js', 'any', [name])]),
    );
    try {
      const ports = new Map<ServerName, number>();
      for (const [name, app] of apps) ports.set(name, await app.ask<number>('start'));
      for (const port of ports.values()) await check(port, KIND, true);
      const run = async ({ name, needs }: Contender, period: number): Promise<Window> => {
        const store = storeOf(needs);
        const app = apps.get(name) as Child;
        const before = store?.cpu() ?? 0;
        await app.ask('begin');
        const targets = [{ port: ports.get(name) ?? 0, kind: KIND }] as const;
        const how = { targets, connections: CONNECTIONS, seconds: period } satisfies RunLoad;
        const [result] = await load.ask<[LoadResult]>(how);
        const { cpu } = await app.ask<ServerCost>('end');
        if (result.errors > 0) throw new Error(`${name}: ${result.errors} callbacks were not answered with 200.`);
        const storeCpu = ((store?.cpu() ?? 0) - before) / result.requests;
        return { ...result, appCpu: cpu / result.requests, storeCpu };
      };
      await load.ask({ prepare: [KIND], count: WARM_UP_SECONDS * MOST_PER_SECOND });
      for (const contender of contenders) await run(contender, WARM_UP_SECONDS);
      for (let window = 0; window < windows; window++) {
        await load.ask({ prepare: [KIND], count: Math.ceil(seconds * MOST_PER_SECOND) });
        for (const contender of contenders) results.get(contender.name)?.push(await run(contender, seconds));
      }
    } finally {
      await Promise.all([load, ...apps.values()].map((child) => child.stop()));
    }
  }
  return results;
}

function section(all: ReadonlyMap<ServerName, readonly Window[]>): Section {
  const median = (name: ServerName, of: (window: Window) => number): number =>
    quantile((all.get(name) ?? []).map(of), 0.5);
  const rate = ({ requests, seconds }: Window): number => requests / seconds;
  const findings: Finding[] = [];
  const besides = (name: ServerName): string =>
    TARGETS.filter(([own, beside]) => own === name && all.has(beside))
      .map(([, beside, atLeast]) => {
        const others = all.get(beside) ?? [];
        const ratios = (all.get(name) ?? []).map((own, at) => rate(own) / rate(others[at] as Window));
        const finding = { what: `requests/s, ${name}`, beside, target: { atLeast }, measured: quantile(ratios, 0.5) };
        findings.push(finding);
        return `**${finding.measured.toFixed(2)}** of ${beside.slice('express, '.length)} ${verdict(finding.measured, finding.target)}`;
      })
      .join('; ');
  const rows = [...all.keys()].map((name) => [
    name,
    Math.round(median(name, rate)),
    besides(name),
    median(name, ({ p50 }) => p50).toFixed(1),
    median(name, ({ p99 }) => p99).toFixed(1),
    median(name, ({ appCpu }) => appCpu).toFixed(0),
    median(name, ({ storeCpu }) => storeCpu).toFixed(0),
  ]);
  return {
    title: `Stored, then 200, at ${CONNECTIONS} connections, ${MACHINE}`,
    columns: ['server', 'requests/s', 'beside', 'p50 ms', 'p99 ms', 'app µs', 'store µs'],
    rows,
    findings,
  };
}

import { check } from './check.ts';
import { type Child, startChild } from './child.ts';
import type { LoadResult, RunLoad } from './load.ts';
import { type Finding, MACHINE, type Section, verdict } from './report.ts';
import type { ServerName } from './servers/servers.ts';
import { quantile, spread } from './statistics.ts';

/** How many connections a provider has open at once. */
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** So many callbacks are prepared for a second; a server that answers them sooner has a shorter one. */
const MOST_PER_SECOND = 40_000;

interface Framework {
  readonly memory: ServerName;
  readonly append: ServerName;
  readonly grouped: ServerName;
  readonly ungrouped: ServerName;
  /** Of the memory inbox's throughput. */
  readonly atLeast: number;
  /** Of the bare append's. */
  readonly ofAppend: number;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    memory: 'fastify, call-status',
    append: 'fastify, bare append',
    grouped: 'fastify, SQLite',
    ungrouped: 'fastify, SQLite without group commit',
    atLeast: 0.7,
    ofAppend: 0.65,
  },
  {
    memory: 'express, call-status',
    append: 'express, bare append',
    grouped: 'express, SQLite',
    ungrouped: 'express, SQLite without group commit',
    atLeast: 0.8,
    ofAppend: 0.75,
  },
];

/** What durability costs: requests per second and latency of the 200, one server after the other, in turns. */
export async function benchInbox(options: { rounds: number; windows: number; seconds: number }): Promise<Section> {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const framework of FRAMEWORKS) {
    process.stderr.write(`${framework.grouped}\n`);
    const { memory, append, grouped, ungrouped, atLeast, ofAppend } = framework;
    const names = [memory, append, grouped, ungrouped];
    const results = await measure(names, options);
    const ratio = (name: ServerName, beside: ServerName): number =>
      quantile(
        (results.get(name) ?? []).map(
          (result, window) => rate(result) / rate((results.get(beside) ?? [])[window] as LoadResult),
        ),
        0.5,
      );
    for (const name of names) {
      const own = results.get(name) ?? [];
      const beside = name === grouped ? [memory, append, ungrouped] : [memory];
      for (const other of name === memory ? [undefined] : beside) {
        const value = other === undefined ? 1 : ratio(name, other);
        const least = new Map([
          [memory, atLeast],
          [append, ofAppend],
          [ungrouped, 4],
        ]).get(other ?? name);
        const target = name === grouped && least !== undefined ? { atLeast: least } : undefined;
        if (target !== undefined && other !== undefined)
          findings.push({ what: `requests/s, ${name}`, beside: other, target, measured: value });
        rows.push([
          name,
          Math.round(spread(own.map(rate)).median),
          spread(own.map(({ p50 }) => p50)).median.toFixed(1),
          spread(own.map(({ p99 }) => p99)).median.toFixed(1),
          other ?? '',
          `**${value.toFixed(2)}**`,
          verdict(value, target),
        ]);
      }
    }
  }
  return {
    title: `A durable 200 at ${CONNECTIONS} connections, ${MACHINE}`,
    columns: ['server', 'requests/s', 'p50 ms', 'p99 ms', 'beside', 'ratio', 'target'],
    rows,
    findings,
  };
}

function rate({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

async function measure(
  names: readonly ServerName[],
  { rounds, windows, seconds }: { rounds: number; windows: number; seconds: number },
): Promise<Map<ServerName, LoadResult[]>> {
  const results = new Map<ServerName, LoadResult[]>(names.map((name) => [name, []]));
  const kind = 'signalwire-form';
  for (let round = 0; round < rounds; round++) {
    const load = startChild('load.js', 'load');
    const children = new Map(names.map((name) => [name, startChild('server.js', 'any', [name])]));
    try {
      const ports = new Map<ServerName, number>();
      for (const [name, child] of children) ports.set(name, await child.ask<number>('start'));
      for (const port of ports.values()) await check(port, kind, true);
      const run = async (name: ServerName, period: number): Promise<LoadResult> => {
        const targets = [{ port: ports.get(name) ?? 0, kind } as const];
        const [result] = await load.ask<[LoadResult]>({
          targets,
          connections: CONNECTIONS,
          seconds: period,
        } satisfies RunLoad);
        if (result.errors > 0) throw new Error(`${name}: ${result.errors} callbacks were not answered with 200.`);
        return result;
      };
      await load.ask({ prepare: [kind], count: WARM_UP_SECONDS * MOST_PER_SECOND });
      for (const name of names) await run(name, WARM_UP_SECONDS);
      for (let window = 0; window < windows; window++) {
        await load.ask({ prepare: [kind], count: Math.ceil(seconds * MOST_PER_SECOND) });
        for (const name of names) results.get(name)?.push(await run(name, seconds));
      }
    } finally {
      await Promise.all([load, ...children.values()].map((child: Child) => child.stop()));
    }
  }
  return results;
}

import { check } from './check.ts';
import { type Child, startChild } from './child.ts';
import type { LoadResult, RunLoad } from './load.ts';
import { MACHINE, type Section } from './report.ts';
import type { LoopDelays } from './server.ts';
import type { ServerName } from './servers/servers.ts';
import { quantile } from './statistics.ts';

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** So many callbacks are prepared for a second. */
const MOST_PER_SECOND = 40_000;

const SERVERS: readonly ServerName[] = [
  'express, by hand',
  'express, call-status',
  'express, SQLite',
  'fastify, by hand',
  'fastify, call-status',
  'fastify, SQLite',
];

/** What a provider waits for its answer, and how late the event loop is, at half of the load that a server can take. */
export async function benchLatency({ windows, seconds }: { windows: number; seconds: number }): Promise<Section> {
  const rows: (string | number)[][] = [];
  const load = startChild('load.js', 'load');
  try {
    for (const name of SERVERS) {
      process.stderr.write(`${name}, half load\n`);
      rows.push([name, ...(await measure(name, load, windows, seconds))]);
    }
  } finally {
    await load.stop();
  }
  return {
    title: `Half load at ${CONNECTIONS} connections, ${MACHINE}`,
    columns: ['server', 'requests/s', 'p50 ms', 'p99 ms', 'loop p99 ms', 'loop longest ms'],
    rows,
  };
}

async function measure(name: ServerName, load: Child, windows: number, seconds: number): Promise<(string | number)[]> {
  const server = startChild('server.js', 'any', [name]);
  try {
    const port = await server.ask<number>('start');
    await check(port, 'signalwire-form', !name.endsWith('by hand'));
    const run = async (period: number, rate?: number): Promise<LoadResult> => {
      await load.ask({
        prepare: ['signalwire-form'],
        count: Math.ceil(period * (rate ?? MOST_PER_SECOND)) + CONNECTIONS,
      });
      const targets = [{ port, kind: 'signalwire-form' }] as const;
      const how = { targets, connections: CONNECTIONS, seconds: period, ...(rate && { rate }) };
      const [result] = await load.ask<[LoadResult]>(how satisfies RunLoad);
      if (result.errors > 0) throw new Error(`${name}: ${result.errors} callbacks were not answered with 200.`);
      return result;
    };
    await run(WARM_UP_SECONDS);
    const full = await run(WARM_UP_SECONDS);
    const half = full.requests / full.seconds / 2;
    const results: LoadResult[] = [];
    await run(seconds, half);
    await server.ask('watch');
    for (let window = 0; window < windows; window++) results.push(await run(seconds, half));
    const { p99, longest } = await server.ask<LoopDelays>('delays');
    const median = (values: readonly number[]): string => quantile(values, 0.5).toFixed(1);
    return [
      Math.round(
        quantile(
          results.map(({ requests, seconds: took }) => requests / took),
          0.5,
        ),
      ),
      median(results.map((result) => result.p50)),
      median(results.map((result) => result.p99)),
      p99.toFixed(1),
      longest.toFixed(1),
    ];
  } finally {
    await server.stop();
  }
}

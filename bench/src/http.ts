import { check } from './check.ts';
import { type Child, startChild } from './child.ts';
import { COMPARISONS, type Comparison } from './comparisons.ts';
import type { LoadResult, RunLoad } from './load.ts';
import { type Finding, MACHINE, type Section, verdict } from './report.ts';
import type { ServerCost } from './server.ts';
import type { ServerName } from './servers/servers.ts';
import { type Spread, spread } from './statistics.ts';

/** How long to measure. */
export interface HttpOptions {
  /** Fresh processes for each: what a compiler made of a program differs from run to run. */
  readonly rounds: number;
  /** Windows in each round. */
  readonly windows: number;
  /** Seconds of a window. */
  readonly seconds: number;
  /** For each server. */
  readonly connections: number;
  /** The title of a comparison, to run only that one. */
  readonly only: string | undefined;
}

/** Microseconds per request, by server, in each window. */
type Costs = ReadonlyMap<ServerName, readonly number[]>;

/** CPU per request over HTTP, of call-status and of what people write by hand, as ratios. */
export async function benchHttp(options: HttpOptions): Promise<Section> {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  const wanted = COMPARISONS.filter(({ title }) => options.only === undefined || options.only === title.toLowerCase());
  if (wanted.length === 0) {
    const titles = COMPARISONS.map(({ title }) => title.toLowerCase()).join(', ');
    throw new Error(`No comparison ${options.only}; there are ${titles}.`);
  }
  for (const comparison of wanted) {
    const costs = new Map<ServerName, number[]>();
    for (let round = 1; round <= options.rounds; round++) {
      process.stderr.write(`${comparison.title}, round ${round} of ${options.rounds}\n`);
      for (const [name, cost] of await measure(comparison, options)) {
        costs.set(name, [...(costs.get(name) ?? []), ...cost]);
      }
    }
    rows.push(...rowsOf(comparison, costs));
    findings.push(...findingsOf(comparison, costs));
  }
  return {
    title: `CPU per request over HTTP, ${MACHINE}`,
    columns: ['server', 'µs', 'beside', 'ratio', 'p10 – p90', 'target'],
    rows,
    findings,
  };
}

/** How a server compares with another, in each window. */
function ratiosOf(own: readonly number[], others: readonly number[]): Spread {
  return spread(own.map((cost, window) => cost / (others[window] ?? Number.NaN)));
}

function rowsOf({ servers }: Comparison, costs: Costs): (string | number)[][] {
  return servers.flatMap(({ name, besides }) => {
    const own = costs.get(name) ?? [];
    const absolute = spread(own).median.toFixed(1);
    if (besides.length === 0) return [[name, absolute, '', '1.00', '', '']];
    return besides.map(({ name: beside, target }) => {
      const { p10, median, p90 } = ratiosOf(own, costs.get(beside) ?? []);
      const range = `${p10.toFixed(2)} – ${p90.toFixed(2)}`;
      return [name, absolute, beside, `**${median.toFixed(2)}**`, range, verdict(median, target)];
    });
  });
}

function findingsOf({ servers }: Comparison, costs: Costs): Finding[] {
  return servers.flatMap(({ name, besides }) =>
    besides.flatMap(({ name: beside, target }) => {
      const { median } = ratiosOf(costs.get(name) ?? [], costs.get(beside) ?? []);
      return target === undefined ? [] : [{ what: `CPU, ${name}`, beside, target, measured: median }];
    }),
  );
}

/** A callback costs a server at least this many microseconds; with it the number of callbacks to prepare is bounded. */
const LEAST_COST = 20;
/** Each server by itself, for some ten thousand requests: until then, the compiler dominates. */
const WARM_UP_SECONDS = 4;

/** Microseconds per request, by server and window. */
async function measure(
  { servers }: Comparison,
  { windows, seconds, connections }: HttpOptions,
): Promise<Map<ServerName, number[]>> {
  const load = startChild('load.js', 'load');
  const children = servers.map(({ name }) => startChild('server.js', 'server', [name]));
  try {
    const ports = await Promise.all(children.map((child) => child.ask<number>('start')));
    const targets = servers.map(({ kind }, at) => ({ port: ports[at] ?? 0, kind }));
    for (const [at, { kind, verifies }] of servers.entries()) await check(ports[at] ?? 0, kind, verifies);
    const kinds = [...new Set(servers.map(({ kind }) => kind))];
    const prepare = (period: number, atOnce: number): Promise<void> =>
      load.ask({ prepare: kinds, count: Math.ceil((period * 1e6) / LEAST_COST / Math.sqrt(atOnce)) });

    await prepare(WARM_UP_SECONDS, 1);
    for (const target of targets) {
      await load.ask<LoadResult[]>({ targets: [target], connections, seconds: WARM_UP_SECONDS } satisfies RunLoad);
    }
    const costs = new Map<ServerName, number[]>(servers.map(({ name }) => [name, []]));
    for (let window = 0; window < windows; window++) {
      await prepare(seconds, servers.length);
      await ask(children, 'begin');
      const results = await load.ask<LoadResult[]>({ targets, connections, seconds } satisfies RunLoad);
      const ended = await waitForHandlers(children, results);
      for (const [at, { name }] of servers.entries()) {
        const { cpu, handled } = ended[at] as ServerCost;
        costs.get(name)?.push(cpu / handled);
      }
    }
    return costs;
  } finally {
    await Promise.all([load, ...children].map((child) => child.stop()));
  }
}

function ask<Answer>(children: readonly Child[], message: string): Promise<Answer[]> {
  return Promise.all(children.map((child) => child.ask<Answer>(message)));
}

/** Each request must have been answered with 200, and its handler must have run. */
async function waitForHandlers(children: readonly Child[], results: readonly LoadResult[]): Promise<ServerCost[]> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const costs = await ask<ServerCost>(children, 'end');
    if (results.every(({ requests, errors }, at) => errors === 0 && costs[at]?.handled === requests)) return costs;
  }
  throw new Error(`Not every callback was answered with 200 and handled: ${JSON.stringify(results)}`);
}

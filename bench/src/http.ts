import type { CallbackKind } from './callbacks.ts';
import { check } from './check.ts';
import { type Child, startChild } from './child.ts';
import type { LoadResult, RunLoad } from './load.ts';
import { type Section, verdict } from './report.ts';
import type { ServerCost } from './server.ts';
import type { ServerName } from './servers/servers.ts';
import { spread } from './statistics.ts';

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
  /** Of a comparison's title, to run it alone. */
  readonly only: string | undefined;
}

/** Servers that are compared with each other. */
interface Comparison {
  readonly title: string;
  readonly servers: readonly Contender[];
}

interface Contender {
  readonly name: ServerName;
  readonly kind: CallbackKind;
  /** Whether a forged callback must be refused. */
  readonly verifies: boolean;
  /** To be reached in relation to other servers. */
  readonly targets: readonly { readonly beside: ServerName; readonly atMost?: number }[];
}

const COMPARISONS: readonly Comparison[] = [
  {
    title: 'Express',
    servers: [
      { name: 'express, by hand', kind: 'signalwire-form', verifies: false, targets: [] },
      {
        name: 'express, by hand again',
        kind: 'signalwire-form',
        verifies: false,
        targets: [{ beside: 'express, by hand' }],
      },
      {
        name: 'express, twilio.webhook()',
        kind: 'signalwire-form',
        verifies: true,
        targets: [{ beside: 'express, by hand' }],
      },
      {
        name: 'express, call-status',
        kind: 'signalwire-form',
        verifies: true,
        targets: [
          { beside: 'express, by hand', atMost: 0.95 },
          { beside: 'express, twilio.webhook()', atMost: 0.75 },
        ],
      },
    ],
  },
  {
    title: 'Multipart',
    servers: [
      { name: 'express, by hand, form', kind: 'exotel-form', verifies: false, targets: [] },
      {
        name: 'express, call-status, multipart',
        kind: 'exotel-multipart',
        verifies: true,
        targets: [{ beside: 'express, by hand, form', atMost: 1 }],
      },
    ],
  },
  {
    title: 'Koa',
    servers: [
      { name: 'koa, by hand', kind: 'signalwire-form', verifies: false, targets: [] },
      {
        name: 'koa, call-status',
        kind: 'signalwire-form',
        verifies: true,
        targets: [{ beside: 'koa, by hand', atMost: 0.95 }],
      },
    ],
  },
  {
    title: 'Fastify',
    servers: [
      { name: 'fastify, by hand', kind: 'signalwire-form', verifies: false, targets: [] },
      {
        name: 'fastify, call-status',
        kind: 'signalwire-form',
        verifies: true,
        targets: [{ beside: 'fastify, by hand', atMost: 1.5 }],
      },
    ],
  },
];

/** CPU per request over HTTP, of call-status and of what people write by hand, as ratios. */
export async function benchHttp(options: HttpOptions): Promise<Section> {
  const rows: (string | number)[][] = [];
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
  }
  return {
    title: 'CPU per request over HTTP',
    columns: ['server', 'µs', 'beside', 'ratio', 'p10 – p90', 'target'],
    rows,
  };
}

function rowsOf({ servers }: Comparison, costs: ReadonlyMap<ServerName, readonly number[]>): (string | number)[][] {
  return servers.flatMap(({ name, targets }) => {
    const own = costs.get(name) ?? [];
    const absolute = spread(own).median.toFixed(1);
    if (targets.length === 0) return [[name, absolute, '', '1.00', '', '']];
    return targets.map(({ beside, atMost }) => {
      const others = costs.get(beside) ?? [];
      const { p10, median, p90 } = spread(own.map((cost, window) => cost / (others[window] ?? Number.NaN)));
      const target = atMost === undefined ? undefined : { atMost };
      return [
        name,
        absolute,
        beside,
        `**${median.toFixed(2)}**`,
        `${p10.toFixed(2)} – ${p90.toFixed(2)}`,
        verdict(median, target),
      ];
    });
  });
}

/** A callback costs a server at least this many microseconds; with it the number of callbacks to prepare is bounded. */
const LEAST_COST = 20;
/** Each server alone, for some ten thousand requests: until then it is the compiler that costs. */
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

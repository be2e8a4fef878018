import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pinTo, startChild } from './child.ts';
import { MACHINE, type Section } from './report.ts';

/** What `call-status simulate` prints, as far as it is read here. */
interface Summary {
  readonly kind: string;
  readonly callbacks: number;
  readonly perSecond: number;
  readonly answers: Readonly<Record<string, number>>;
}

const SECRETS = { SIGNALWIRE_SIGNING_KEY: 'of the benchmark', EXOTEL_TOKEN: 'of the benchmark' };

const RUNS: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['SignalWire, signed', ['--provider', 'signalwire']],
  ['Exotel, multipart with a token', ['--provider', 'exotel']],
  ['all providers', ['--provider', 'all']],
  ['SignalWire, with faults', ['--provider', 'signalwire', '--faults', 'duplicate=5%,shuffle,late=2%,wrong-port=1%']],
];

/** How many callbacks the simulator makes, signs and sends each second, on a core of its own. */
export async function benchSimulator(calls: number): Promise<Section> {
  const server = startChild('simulator-server.js', 'server');
  try {
    const port = await server.ask<number>('start');
    const rows: (string | number)[][] = [];
    for (const [what, args] of RUNS) {
      process.stderr.write(`${what}\n`);
      const { callbacks, perSecond, cpu, megabytes } = await simulated(port, calls, args);
      rows.push([what, callbacks, perSecond, cpu, megabytes]);
    }
    return {
      title: `call-status simulate, ${calls} calls, against a server that only answers 200, ${MACHINE}`,
      columns: ['callbacks', 'sent', 'per second', 'CPU µs each', 'memory MB'],
      rows,
    };
  } finally {
    await server.stop();
  }
}

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const USAGE = 'process.on("exit", () => console.error("usage", JSON.stringify(process.resourceUsage())))';

async function simulated(
  port: number,
  calls: number,
  args: readonly string[],
): Promise<Pick<Summary, 'callbacks' | 'perSecond'> & { readonly cpu: number; readonly megabytes: number }> {
  const loaders = [
    '--import',
    new URL('published.js', import.meta.url).href,
    '--import',
    `data:text/javascript,${USAGE}`,
  ];
  const to = ['--to', `http://127.0.0.1:${port}/`];
  const flags = ['--calls', String(calls), '--json', '--seed', '1', ...to, ...args];
  const [program = '', ...rest] = [...pinTo('load'), process.execPath, ...loaders, MAIN, 'simulate', ...flags];
  // A server that verifies nothing accepts what is for another port, which is an exit code of 1.
  const result = await run(program, rest, { env: { ...process.env, ...SECRETS, NODE_ENV: 'production' } }).catch(
    (failed: { readonly stdout: string; readonly stderr: string }) => failed,
  );
  const [line = '{}'] = result.stdout.split('\n').filter((one) => one.includes('"summary"'));
  const { callbacks, perSecond, answers } = JSON.parse(line) as Summary;
  if (answers?.['200'] !== callbacks) throw new Error(`Not every callback was answered with 200: ${result.stderr}`);
  const [, usage = '{}'] = /usage (.*)/.exec(result.stderr) ?? [];
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(usage) as NodeJS.ResourceUsage;
  const cpu = Math.round((userCPUTime + systemCPUTime) / callbacks);
  return { callbacks, perSecond, cpu, megabytes: Math.round(maxRSS / 1024) };
}

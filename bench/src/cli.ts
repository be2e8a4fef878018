/** `pnpm run bench cli`: how long the command line takes to start, beside node with citty only. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MACHINE, type Section, verdict } from './report.ts';
import { quantile, spread } from './statistics.ts';

const RUNS = 40;
const TARGET = { atMost: 1.5 };

const BARE = fileURLToPath(new URL('./cli-citty.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const AS_PUBLISHED = ['--import', new URL('published.js', import.meta.url).href];

/** The command lines; those that load no other package have the goal. */
const LINES = [
  { args: ['--version'], options: [], target: TARGET },
  { args: ['--help'], options: [], target: TARGET },
  { args: ['trigger', '--help'], options: [], target: TARGET },
  { args: ['trigger', '--list'], options: AS_PUBLISHED, target: undefined },
];

/** The time from the start of a process to its end, in turns. */
export function benchCli(): Section {
  const rounds = Array.from({ length: RUNS }, () =>
    LINES.map(({ args, options }) => ({ bare: msOf([...options, BARE]), own: msOf([...options, MAIN, ...args]) })),
  );
  const median = (values: readonly number[]): string => quantile(values, 0.5).toFixed(0);
  return {
    title: `Start of the command line, ${MACHINE}`,
    columns: ['command', 'node with citty, ms', 'ms', 'ratio (p10–p90)', 'target'],
    rows: LINES.map(({ args, target }, at) => {
      const times = rounds.flatMap((round) => round[at] ?? []);
      const ratios = spread(times.map(({ bare, own }) => own / bare));
      return [
        `call-status ${args.join(' ')}`,
        median(times.map(({ bare }) => bare)),
        median(times.map(({ own }) => own)),
        `**${ratios.median.toFixed(2)}** (${ratios.p10.toFixed(2)}–${ratios.p90.toFixed(2)})`,
        verdict(ratios.median, target),
      ];
    }),
  };
}

function msOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startedAt;
}

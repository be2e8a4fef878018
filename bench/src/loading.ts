/** `pnpm run bench loading --base <another checkout, built>`: what it costs to load core, as a ratio to another version. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MACHINE, type Section, verdict } from './report.ts';
import { quantile, spread } from './statistics.ts';

const RUNS = 40;
const ENTRY = 'packages/core/dist/index.js';
const TARGET = { atMost: 1.15 };

/** CPU of importing core in fresh processes: this version and another one, in turns. */
export function benchLoading(base: string | undefined): Section {
  const own = fileURLToPath(new URL(`../../${ENTRY}`, import.meta.url));
  const other = base === undefined ? own : path.resolve(base, ENTRY);
  const costs = Array.from({ length: RUNS }, (_, run) => {
    // Neither always runs first.
    const [first, second] = run % 2 === 0 ? [other, own] : [own, other];
    const [before, after] = [costOf(first), costOf(second)];
    return run % 2 === 0 ? { other: before, own: after } : { other: after, own: before };
  });
  const ratios = spread(costs.map((cost) => cost.own / cost.other));
  const median = (of: 'own' | 'other'): string =>
    (
      quantile(
        costs.map((cost) => cost[of]),
        0.5,
      ) / 1000
    ).toFixed(1);
  return {
    title: `Loading core, ${MACHINE}`,
    columns: ['version', 'CPU ms', 'ratio (p10–p90)', 'target'],
    rows: [
      [base === undefined ? 'this one again' : 'the other', median('other'), '1.00', ''],
      [
        'this one',
        median('own'),
        `**${ratios.median.toFixed(2)}** (${ratios.p10.toFixed(2)}–${ratios.p90.toFixed(2)})`,
        verdict(ratios.median, TARGET),
      ],
    ],
  };
}

const IMPORT = `const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log(user + system);`;

/** Microseconds of importing a file in a process of its own. */
function costOf(file: string): number {
  const options = ['--input-type=module', '--eval', IMPORT, pathToFileURL(file).href];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return Number(stdout);
}

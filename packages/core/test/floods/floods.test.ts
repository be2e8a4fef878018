import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const flood = fileURLToPath(new URL('./flood.ts', import.meta.url));

it.each([
  'live calls',
  'dead letters',
  'dead letters with long errors',
  'retries',
  'handlers that never settle',
  'many events of one call',
  'replays',
  'many fields',
  'long names',
  'bodies that are mostly dropped',
  'parts that are mostly dropped',
  'two bytes for each character',
  'JSON',
  'JSON of many values',
])('a process with a small heap survives a flood of %s', { timeout: 120_000 }, async (name) => {
  const heap = ['--max-old-space-size=256', '--import', 'tsx'];
  const { stdout } = await run(process.execPath, [...heap, flood, name], { timeout: 110_000 });
  const { statuses } = JSON.parse(stdout);
  expect(Object.keys(statuses).filter((status) => status !== '200' && status !== '503')).toEqual([]);
  expect(statuses['200']).toBeGreaterThan(100);
});

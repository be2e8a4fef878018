import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { builtInProviders } from '@call-status/core';
import { expect, it } from 'vitest';
import { findPostgres } from '../../packages/inbox-postgres/test/servers/find.ts';

it('the demo shows the same events in all frameworks, every refusal, and that a crash loses nothing', async () => {
  const demo = path.join(import.meta.dirname, 'demo.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', demo], { timeout: 170_000 });
  const [, events = '0', refused] = /The same: (\d+) events arrived, (\d+) requests were refused/.exec(stdout) ?? [];
  expect(Number(events)).toBeGreaterThan(10);
  expect(refused).toBe('10');
  expect(stdout.match(/The same:/g)).toHaveLength(2);
  for (const { definition } of builtInProviders) {
    expect(stdout).toMatch(new RegExp(`^${definition.name} .*(signed|token)$`, 'm'));
  }
  for (const answer of [400, 403, 413, 415, 422]) expect(stdout).toMatch(new RegExp(`^${answer} `, 'm'));

  const [, acknowledged, done, interrupted, waiting] =
    /Of (\d+) callbacks acknowledged with 200, (\d+) were handled, (\d+) in the middle of a handler and (\d+) waiting/
      .exec(stdout)
      ?.map(Number) ?? [];
  expect(acknowledged).toBe(Number(events));
  expect(done).toBeGreaterThan(0);
  expect(interrupted).toBeGreaterThan(0);
  expect(waiting).toBeGreaterThan(0);
  const rows = stdout.split('\n').filter((row) => /(before|after the restart) +\d+$/.test(row));
  expect(new Set(rows).size).toBe(rows.length);
  expect(rows.filter((row) => / before +1$/.test(row))).toHaveLength(Number(done));
  // The death of a process does not count as a failure of its handlers.
  expect(rows.filter((row) => / after the restart +1$/.test(row))).toHaveLength(Number(acknowledged) - Number(done));
  const totals = stdout.match(new RegExp(`^sent +acknowledged +stored +handled +lost\n(${events} +){4}0$`, 'gm'));
  expect(totals).toHaveLength(findPostgres() === undefined ? 1 : 2);

  expect(stdout).toMatch(
    /^The board http:\S+\/ops\/calls\/\nIt shows the \d+ calls .* why 10 callbacks were refused\.\n/m,
  );

  if (findPostgres() === undefined) expect(stdout).toContain('Not shown: PostgreSQL is not installed.');
  else {
    const [, first, left, second] =
      /Host A handled (\d+) events, and got (\d+) more .* Host B handled (\d+)/.exec(stdout)?.map(Number) ?? [];
    expect(left).toBeGreaterThan(0);
    expect(Number(first) + Number(second)).toBe(Number(events));
  }
}, 180_000);

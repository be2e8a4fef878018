import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the demo shows the same events in all frameworks, every refusal, and that a crash loses nothing', async () => {
  const demo = path.join(import.meta.dirname, 'demo.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', demo], { timeout: 60_000 });
  const [, events = '0', refused] = /The same: (\d+) events arrived, (\d+) requests were refused/.exec(stdout) ?? [];
  expect(Number(events)).toBeGreaterThan(10);
  expect(refused).toBe('10');
  expect(stdout.match(/The same:/g)).toHaveLength(2);
  for (const provider of ['exotel', 'mycpaas', 'signalwire', 'voicedock'])
    expect(stdout).toMatch(new RegExp(`^${provider} .*(signed|token)$`, 'm'));
  for (const answer of [400, 403, 413, 415, 422]) expect(stdout).toMatch(new RegExp(`^${answer} `, 'm'));
  expect(stdout).toContain(`${events} callbacks acknowledged with 200, 0 handled`);
  expect(stdout).toContain(`${events} events handled, none lost`);
}, 90_000);

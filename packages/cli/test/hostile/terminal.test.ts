// What others wrote does not drive the terminal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parties } from '../../src/inbox/call-columns.ts';
import { privacyOf } from '../../src/inbox/privacy.ts';
import { safeJson } from '../../src/output/safe.ts';
import { run } from '../run.ts';
import { temporaryFolder } from '../servers.ts';

/** Control characters, and changes of the writing direction. */
const DRIVES = /(?!\n)[\p{Cc}\p{Cf}]/u;

it('JSON has no characters that drive a terminal, and still the same values', () => {
  const value = { name: 'a\x1b[2J\x9b31m\x7f\u202eb\u2028\u{e0001}c 日本' };
  expect(safeJson(value)).toMatch(/^[ -~日本]+$/);
  expect(JSON.parse(safeJson(value))).toEqual(value);
});

it('neither has the stack for DEBUG=call-status', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'call-status.config.mjs'), String.raw`throw new Error('\x1b]0;title\x07\u202e');`);
  const { stderr, exitCode } = await run(['trigger', '--list'], { cwd, env: { DEBUG: 'call-status' } });
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('    at ')]);
  expect(stderr).not.toMatch(DRIVES);
});

it('a configuration that never ends is an error', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'call-status.config.mjs'), 'await new Promise(() => {});');
  const { stderr, exitCode } = await run(['trigger', '--list'], { cwd });
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('call-status: Nothing is left to wait for.')]);
});

it('a configuration that throws what has no text is an error', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'call-status.config.mjs'), 'throw { toString() { throw new Error(); } };');
  const { stderr, exitCode } = await run(['trigger', '--list'], { cwd });
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('cannot be loaded: Something was thrown')]);
});

it('neither has the path of a new project', async () => {
  const { stdout, exitCode } = await run(['init', 'a\x1b]0;title\x07b', '--providers', 'exotel', '--yes'], {
    cwd: temporaryFolder(),
  });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('cd a]0;titleb')]);
  expect(stdout).not.toMatch(DRIVES);
});

it('a text of any length in the place of a number is cut', () => {
  expect(parties({ from: 'A'.repeat(60_000), to: '+15551234567' }, privacyOf(false))).toBe(
    `${'A'.repeat(79)}… → +1555•••4567`,
  );
});

// A provider of the configuration is examined with the options that it has there.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exotel } from '@call-status/core';
import { callback } from '@call-status/testing';
import { expect, it } from 'vitest';
import { run } from './run.ts';
import { temporaryFolder } from './servers.ts';

const CONFIG = `
import { exotel } from '@call-status/core';
export default { providers: [exotel({ passthru: true, token: 'of the test', onStatus() { throw new Error('handled'); } })] };
`;

it('recognizes and reads a callback by the options of the configuration', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'node_modules', '@call-status'), { recursive: true });
  symlinkSync(fileURLToPath(new URL('../../core', import.meta.url)), join(cwd, 'node_modules/@call-status/core'));
  writeFileSync(join(cwd, 'own.mjs'), CONFIG);
  const curl = callback.curl(exotel, 'other-passthru', { token: 'of the test' });
  // Here, the core that the file imports is TypeScript.
  const env = { NODE_OPTIONS: `--import=${import.meta.resolve('tsx')}` };
  const doctor = (...args: string[]) => run(['doctor', '--curl', curl, ...args], { cwd, env });
  const [recognized, named, unknown, other] = await Promise.all([
    doctor('--config', 'own.mjs'),
    doctor('--config', 'own.mjs', '--provider', 'exotel'),
    doctor(),
    doctor('--provider', 'exotel'),
  ]);
  for (const { stdout, stderr, exitCode } of [recognized, named]) {
    expect([exitCode, stderr, stdout]).toEqual([0, '', expect.stringMatching(/✓ exotel[\s\S]* event +/)]);
  }
  expect(unknown.stdout).toContain('no provider recognizes it');
  expect(other.stdout).toMatch(/no event +It is another message/);
}, 60_000);

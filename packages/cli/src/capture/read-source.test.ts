import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readNamed } from './read-source.ts';

it('reads a file of more than one piece as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-source-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const content = Buffer.alloc(3_000_000, 'a whole file ');
  writeFileSync(join(folder, 'capture.http'), content);
  expect(readNamed(join(folder, 'capture.http')).equals(content)).toBe(true);
});

it.runIf(existsSync('/dev/zero'))('gives up a device that never ends', () => {
  expect(() => readNamed('/dev/zero')).toThrow('/dev/zero has more than 200 MB.');
});

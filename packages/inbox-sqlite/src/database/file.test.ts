import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { createPrivately, WalWatch } from './file.ts';

it('a file is made for its owner only, and one that another process has just made is left as it is', () => {
  const path = temporaryFile();
  createPrivately(path);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, 'made by another');
  createPrivately(path);
  expect(readFileSync(path, 'utf8')).toBe('made by another');
  expect(() => createPrivately(join(path, 'not in a folder'))).toThrow(/ENOTDIR|ENOENT/);
});

/** A -wal of so many bytes, with salts of its own. */
function wal(salt: number, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(16, 1), Buffer.alloc(8, salt), Buffer.alloc(size, 1)]).subarray(0, size);
}

it('a -wal that grows, or that is begun again, is not cut short', () => {
  const path = temporaryFile();
  const watch = new WalWatch();
  for (const file of [wal(1, 100), wal(1, 100), wal(1, 200), wal(2, 50), wal(2, 60), wal(0, 0), wal(3, 40)]) {
    writeFileSync(path, file);
    expect(watch.isCut(path)).toBe(false);
  }
});

it('one that lost its end is cut short, and stays so when it grows again', () => {
  const path = temporaryFile();
  writeFileSync(path, wal(1, 100));
  const watch = new WalWatch();
  expect(watch.isCut(path)).toBe(false);
  truncateSync(path, 99);
  expect(watch.isCut(path)).toBe(true);
  appendFileSync(path, Buffer.alloc(100));
  expect(watch.isCut(path)).toBe(true);
  rmSync(path);
  expect(watch.isCut(path)).toBe(true);
});

it('one without a beginning was cut short', () => {
  const path = temporaryFile();
  writeFileSync(path, Buffer.alloc(100));
  expect(new WalWatch().isCut(path)).toBe(true);
});

it('one that cannot be read is not known to be', () => {
  expect(new WalWatch().isCut(temporaryFile())).toBe(false);
});

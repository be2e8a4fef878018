import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { createPrivately, sizeOf, WalWatch } from './file.ts';

it('creates a file for its owner only, and leaves one that another process has just created', () => {
  const path = temporaryFile();
  createPrivately(path);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, 'created by another');
  createPrivately(path);
  expect(readFileSync(path, 'utf8')).toBe('created by another');
  expect(() => createPrivately(join(path, 'not in a folder'))).toThrow(/ENOTDIR|ENOENT/);
});

/** A -wal of a size, with its own salts. */
function wal(salt: number, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(16, 1), Buffer.alloc(8, salt), Buffer.alloc(size, 1)]).subarray(0, size);
}

it('does not report a -wal that grows, or that SQLite restarts', () => {
  const path = temporaryFile();
  const watch = new WalWatch();
  for (const file of [wal(1, 100), wal(1, 100), wal(1, 200), wal(2, 50), wal(2, 60), wal(0, 0), wal(3, 40)]) {
    writeFileSync(path, file);
    expect(watch.isCut(path)).toBe(false);
  }
});

it('reports a -wal that was cut short, even when it grows again', () => {
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

it('reports a -wal without a header', () => {
  const path = temporaryFile();
  writeFileSync(path, Buffer.alloc(100));
  expect(new WalWatch().isCut(path)).toBe(true);
});

it('reports nothing while the -wal cannot be read', () => {
  expect(new WalWatch().isCut(temporaryFile())).toBe(false);
});

it('knows the size of a file, and of one that is not there', () => {
  const path = temporaryFile();
  expect(sizeOf(path)).toBe(0);
  writeFileSync(path, 'four');
  expect(sizeOf(path)).toBe(4);
});

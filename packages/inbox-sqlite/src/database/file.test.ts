import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { createPrivately } from './file.ts';

it('a file is made for its owner only, and one that another process has just made is left as it is', () => {
  const path = temporaryFile();
  createPrivately(path);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, 'made by another');
  createPrivately(path);
  expect(readFileSync(path, 'utf8')).toBe('made by another');
  expect(() => createPrivately(join(path, 'not in a folder'))).toThrow(/ENOTDIR|ENOENT/);
});

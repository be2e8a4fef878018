import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { threadFile } from './start-thread.ts';

const bundled = expect.objectContaining({ code: 'inbox_unsupported', message: expect.stringContaining('was bundled') });

describe('the file of the thread', () => {
  it('is found beside the code of the installed package', () => {
    expect(threadFile(new URL('../sqlite-inbox.ts', import.meta.url).href).href).toMatch(/thread\.js$/);
  });

  it.each(['file:///srv/app/bundle.js', 'file:///ROOT/node_modules/x.js', undefined])(
    'is not found in a bundle: %s',
    (self) => {
      expect(() => threadFile(self)).toThrow(bundled);
    },
  );

  it.each([undefined, 'no JSON', '{ "name": "service" }'])('is not mistaken for a file of a bundle: %s', (manifest) => {
    const folder = dirname(temporaryFile());
    mkdirSync(join(folder, 'dist', 'thread'), { recursive: true });
    writeFileSync(join(folder, 'dist', 'thread', 'thread.js'), '');
    if (manifest !== undefined) writeFileSync(join(folder, 'package.json'), manifest);
    expect(() => threadFile(pathToFileURL(join(folder, 'dist', 'bundle.js')).href)).toThrow(bundled);
  });
});

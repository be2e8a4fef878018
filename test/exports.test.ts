import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publicPackages } from '../scripts/packages.ts';

/** So that the API grows on purpose only: a new name shows up here, in the diff of `exports.txt`. */
it('exports these names and no others', async () => {
  const lines: string[] = [];
  for (const { folder, manifest } of publicPackages()) {
    for (const [path, file] of Object.entries(manifest.exports)) {
      if (!file.endsWith('.ts')) continue;
      const names = Object.keys(await import(join(folder, file))).sort();
      lines.push(join(manifest.name, path), ...names.map((name) => `  ${name}`));
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('exports.txt');
});

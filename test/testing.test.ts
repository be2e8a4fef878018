// Every example of docs/testing.md and of the test kit's README runs, with the test runner of node.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { snippetFolder, writeSnippets } from './snippets.ts';

const folder = snippetFolder('testing-snippets');

describe.each(['docs/testing.md', 'packages/testing/README.md'])('%s', (document) => {
  const snippets = writeSnippets(folder, document);

  it('has examples', () => {
    expect(snippets.length).toBeGreaterThan(0);
  });

  it('passes', () => {
    const files = snippets.map(({ file }) => file);
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--test', ...files], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, expect.stringContaining('\n# fail 0\n')]);
  });
});

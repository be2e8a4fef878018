import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireNode } from './require-node.ts';

describe('requireNode', () => {
  it.each(['18.20.8', '20.18.3', '0.12.0'])('refuses Node %s, and says which is needed', (version) => {
    expect(() => requireNode(version)).toThrow(`call-status needs Node 20.19 or later; this is ${version}.`);
  });

  it.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('takes Node %s', (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(['index.ts', 'provider/index.ts', 'inbox/index.ts', 'adapter/index.ts'])('comes first in %s', (entry) => {
    expect(readFileSync(new URL(entry, import.meta.url), 'utf8')).toMatch(/^import '\.{1,2}\/require-node\.ts';\n/);
  });

  it('is not preceded by what fails before any code runs: a name that an older Node does not export', () => {
    const packages = new URL('../..', import.meta.url);
    const names = ['core', 'express', 'koa', 'fastify', 'inbox-sqlite'];
    const sources = names.flatMap((name) =>
      readdirSync(new URL(`${name}/src/`, packages), { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!\.test|\.test-d)\.ts$/.test(file))
        .map((file) => `${name}/src/${file}`),
    );
    expect(sources.length).toBeGreaterThan(50);
    const failing = sources.filter((file) => NEWER.test(readFileSync(new URL(file, packages), 'utf8')));
    expect(failing).toEqual([]);
  });
});

/** What Node 18 does not have. */
const NEWER =
  /import \{[^}]*\b(?:hash|getRandomValues|registerHooks|styleText|parseEnv|availableParallelism)\b[^}]*\} from 'node:/;

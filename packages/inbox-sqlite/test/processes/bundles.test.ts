import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../support.ts';

const NAME = '@call-status/inbox-sqlite';
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const tsx = pathToFileURL(require.resolve('tsx')).href;

/** Bundlers that are installed as dependencies of the test tools. */
const ofTsx = createRequire(require.resolve('tsx/package.json'));
const ofVite = createRequire(createRequire(require.resolve('vitest/package.json')).resolve('vite/package.json'));

type Bundle = (entry: string, to: string, format: 'esm' | 'cjs', external: string[]) => Promise<unknown>;

/** The parts used of Rolldown. */
interface Rolldown {
  rolldown(options: object): Promise<{ write(options: object): Promise<unknown> }>;
}

const BUNDLERS: Readonly<Record<string, Bundle>> = {
  esbuild: (entry, outfile, format, external) =>
    ofTsx('esbuild').build({
      entryPoints: [entry],
      outfile,
      format,
      external,
      bundle: true,
      platform: 'node',
      logLevel: 'silent',
    }),
  rolldown: async (entry, file, format, external) => {
    const { rolldown } = (await import(pathToFileURL(ofVite.resolve('rolldown')).href)) as Rolldown;
    const bundle = await rolldown({
      input: entry,
      external: [/^node:/, ...external],
      platform: 'node',
      logLevel: 'silent',
    });
    await bundle.write({ file, format });
  },
};

const CASES = Object.keys(BUNDLERS).flatMap((bundler) => [[bundler, 'esm'] as const, [bundler, 'cjs'] as const]);

/** Bundles and runs a service, and returns what it prints. */
async function runBundle(
  bundler: string,
  format: 'esm' | 'cjs',
  isLeftOut: boolean,
  more?: (folder: string) => void,
): Promise<string> {
  const folder = dirname(temporaryFile());
  writeFileSync(join(folder, 'package.json'), '{ "name": "service" }');
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  mkdirSync(join(folder, 'node_modules', '@call-status'), { recursive: true });
  symlinkSync(PACKAGE, join(folder, 'node_modules', NAME));
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    `import { sqliteInbox } from ${JSON.stringify(isLeftOut ? NAME : join(PACKAGE, 'src/index.ts'))};
    try {
      const inbox = sqliteInbox({ path: ${JSON.stringify(join(folder, 'calls.db'))} });
      inbox.ready({ create: true });
      void inbox.close().then(() => console.log('ready'));
    } catch ({ code, message }) {
      console.log(code + ': ' + message);
    }`,
  );
  const file = join(dist, format === 'esm' ? 'service.mjs' : 'service.cjs');
  await (BUNDLERS[bundler] as Bundle)(entry, file, format, isLeftOut ? [NAME] : []);
  more?.(dist);
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '--import', tsx, file]);
  return stdout.trim();
}

describe.each(CASES)('a bundle of %s as %s', (bundler, format) => {
  it('that includes the inbox reports it, and how each bundler leaves it out', async () => {
    const printed = await runBundle(bundler, format, false);
    expect(printed).toMatch(/^inbox_unsupported: .*This package was bundled/);
    for (const option of ['serverExternalPackages', '--external:', 'externals: {', 'ssr: { external', 'ncc']) {
      expect(printed).toContain(option);
    }
    expect(printed).not.toMatch(/install @photostructure/);
  });

  it('that has copied the file of the thread reports the same', async () => {
    const copy = (dist: string) => {
      mkdirSync(join(dist, 'thread'));
      copyFileSync(join(PACKAGE, 'src/thread/thread.ts'), join(dist, 'thread', 'thread.js'));
    };
    expect(await runBundle(bundler, format, false, copy)).toMatch(/^inbox_unsupported: .*This package was bundled/);
  });
});

it.each(Object.keys(BUNDLERS))('a bundle of %s that leaves the inbox out works', async (bundler) => {
  expect(await runBundle(bundler, 'esm', true)).toBe('ready');
});

// A bundle has the code of those providers that the application imports, and of no other.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtInProviders } from '@call-status/core';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import { describe, expect, it, onTestFinished } from 'vitest';

const NAMES: readonly string[] = builtInProviders.map(({ definition }) => definition.name);

/** A bundler: the entry of an application, and where its only file goes. */
type Bundle = (entry: string, outfile: string) => Promise<void>;

const BUNDLERS: readonly (readonly [name: string, bundle: Bundle])[] = [
  [
    'esbuild',
    async (entry, outfile) => {
      await esbuild({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', banner: REQUIRE });
    },
  ],
  [
    'rolldown',
    async (entry, outfile) => {
      const bundle = await rolldown({ input: entry, platform: 'node' });
      await bundle.write({ file: outfile, codeSplitting: false });
    },
  ],
];

/** Packages of CommonJS in a bundle call `require`. */
const REQUIRE = {
  js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
};

describe.each(BUNDLERS)('%s', (_, bundle) => {
  it.each(['@call-status/core', '@call-status/express', '@call-status/koa', '@call-status/fastify'])(
    'drops the providers of %s that are not imported',
    async (name) => {
      const { providers } = await bundled(bundle, `export { createCallStatus, twilio } from '${name}';`);
      expect(providers).toEqual(['laml', 'twilio']);
    },
  );

  it('takes what is imported, without options', async () => {
    const { output } = await bundled(
      bundle,
      `import { createCallStatus, retell, twilio } from '@call-status/core';
      const log = { warn: ({ providers }) => console.log(providers), error() {} };
      await createCallStatus({ log }).close();
      console.log(retell.definition.name, twilio.definition.name);`,
    );
    expect(output).toBe('retell, twilio\nretell twilio\n');
  });

  it('has what reads brackets in names, which is loaded when they come', async () => {
    const { output } = await bundled(
      bundle,
      `import { createCallStatus, exotel } from '@call-status/core';
      const calls = createCallStatus({ providers: [exotel({ onStatus: ({ raw }) => console.log(JSON.stringify(raw.Legs)) })], log: { warn() {}, error: console.error } });
      const body = new URLSearchParams({ CallSid: 'a1', EventType: 'terminal', Status: 'completed', 'Legs[0][Status]': 'busy' });
      await calls.fetch(new Request('http://localhost/', { method: 'POST', body }));
      await calls.close();`,
    );
    expect(output).toBe('[{"Status":"busy"}]\n');
  });

  it('has all providers if it imports the list', async () => {
    const { providers } = await bundled(bundle, "export { builtInProviders } from '@call-status/core';");
    expect(providers).toEqual(expect.arrayContaining([...NAMES]));
  });
});

/** The providers in the bundle of an application, with the folders of what several share, and what the application prints. */
async function bundled(bundle: Bundle, application: string): Promise<{ providers: string[]; output: string }> {
  const folder = mkdtempSync(path.join(import.meta.dirname, 'bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [entry, outfile] = [path.join(folder, 'application.js'), path.join(folder, 'bundle.mjs')];
  writeFileSync(entry, application);
  await bundle(entry, outfile);
  const code = readFileSync(outfile, 'utf8');
  // Away from all packages, so that it has only what is in it.
  const place = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const copy = path.join(place, 'bundle.mjs');
  writeFileSync(copy, code);
  const { stdout, stderr } = spawnSync(process.execPath, [copy], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'development' },
  });
  expect(stderr).toBe('');
  // Every bundler says from which file a part of the code is.
  const files = [...code.matchAll(/^\/\/.*\bprovider(?:s\/(\w+)|\/(\w+)\/[\w-]+)\.ts$/gm)];
  const names = new Set(files.map(([, provider = '', family = provider]) => family).filter((name) => name !== 'index'));
  return { providers: [...names].sort(), output: stdout };
}

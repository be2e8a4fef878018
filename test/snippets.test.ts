// Every snippet of every document compiles. Those that listen answer callbacks, and those that are scripts run to their end.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtInProviders, signalwire } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { callback, fixtures, optionsFor, type ProviderLike, proofFor } from '@call-status/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type Running, start, untilUp } from './programs.ts';
import { documents, snippetFolder, typeErrors, writeSnippets } from './snippets.ts';

const LISTENS = /\.listen\(|\bserve\(/;

const folder = snippetFolder('snippets');
const snippets = documents.flatMap((document) => writeSnippets(folder, document));
/** Not tests, which a test runner runs, nor what others import or what needs a database server, which have tests of their own. */
const programs = snippets.filter(({ code }) => !/^export |node:test|vitest|Contract\(|inbox-postgres/m.test(code));
const servers = programs.filter(({ code }) => LISTENS.test(code));
const scripts = programs.filter(({ code }) => !LISTENS.test(code));

const SECRET = 'a-long-secret-of-the-test';
const directory = mkdtempSync(path.join(tmpdir(), 'call-status-'));
const environment = {
  INBOX: path.join(directory, 'calls.db'),
  ACME_SIGNING_KEY: SECRET,
  ACME_TOKEN: SECRET,
  ...Object.fromEntries(builtInProviders.flatMap(variablesOf)),
  BOARD_PASSWORD: SECRET,
  SIGNING_KEYS: JSON.stringify({ acme: SECRET }),
};

/** The secret of a provider, under the name of its option: `SIGNALWIRE_SIGNING_KEY`. */
function variablesOf(provider: ProviderLike): [string, string][] {
  return Object.entries(optionsFor(provider, SECRET)).map(([option, value]) => [
    `${provider.definition.name}_${option.replace(/[A-Z]/g, '_$&')}`.toUpperCase(),
    value,
  ]);
}

// Scripts expect the file of a service.
beforeAll(async () => {
  const inbox = sqliteInbox({ path: environment.INBOX, create: true });
  await inbox.ready?.();
  await inbox.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

it('every snippet compiles', () => {
  expect(snippets.length).toBeGreaterThan(20);
  expect(typeErrors(folder)).toBe('');
});

describe('a snippet that listens answers genuine callbacks with 200 and forged ones with 403', () => {
  let origins: readonly string[] = [];
  let running: Running;

  // All in one process: to start each by itself would take a minute.
  beforeAll(async () => {
    const ports = await Promise.all(servers.map(freePort));
    const runner = path.join(folder, 'run-servers.ts');
    const lines = servers.flatMap(({ file }, index) => [
      `process.env.PORT = '${ports[index]}';`,
      `process.env.INBOX = ${JSON.stringify(path.join(directory, `${index}.db`))};`,
      `await import(${JSON.stringify(file)});`,
    ]);
    writeFileSync(runner, [...lines, "console.log('all are started');", 'export {};'].join('\n'));
    running = start(runner, environment);
    await running.printed('all are started');
    origins = ports.map((port) => `http://127.0.0.1:${port}`);
  }, 120_000);

  it.each(servers.map((server, index) => ({ ...server, index })))('$title', async ({ code, index }) => {
    const origin = origins[index] ?? '';
    const [, publicUrl = origin] = /publicUrl: '([^']+)'/.exec(code) ?? [];
    const paths = new Set(code.match(/\/webhooks\/[\w-]+/g));
    expect(paths.size).toBeGreaterThan(0);
    for (const route of paths) {
      const genuine = callbackTo(publicUrl + route, code, SECRET);
      expect((await untilUp(running, origin + genuine.url, genuine)).status, route).toBe(200);
      const forged = callbackTo(publicUrl + route, code, 'guessed');
      expect((await fetch(origin + forged.url, forged)).status, route).toBe(403);
    }
  });
});

it('the tests in the documents pass', () => {
  const files = snippets.filter(({ code }) => code.includes("from 'node:test'")).map(({ file }) => file);
  expect(files.length).toBeGreaterThan(0);
  // The default reporter depends on the version of Node.
  const runner = ['--import', 'tsx', '--test', '--test-reporter=tap'];
  const { status, stdout } = spawnSync(process.execPath, [...runner, ...files], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('\n# fail 0\n')]);
});

it('the scripts run, and throw nothing', async () => {
  const runner = path.join(folder, 'run-scripts.ts');
  const lines = scripts.map(({ file }) => `await import(${JSON.stringify(file)});`);
  // What keeps a process alive, such as a worker, would not end by itself.
  writeFileSync(runner, [...lines, 'process.exit();', 'export {};'].join('\n'));
  const { ended, output } = start(runner, environment);
  expect(await ended, output()).toBe(0);
});

/** A callback of the provider that the path or else the snippet names. SignalWire may use a header of Twilio's, too. */
function callbackTo(url: string, code: string, secret: string): RequestInit & { url: string } {
  const isNamed = (text: string) => builtInProviders.find(({ definition: { name } }) => text.includes(name));
  const provider = isNamed(new URL(url).pathname) ?? isNamed(code) ?? signalwire;
  const sample = fixtures(provider).find(
    ({ expect: { kind }, method, recognized }) => kind === 'event' && method === 'POST' && recognized,
  );
  if (sample === undefined) throw new Error(`No callback of ${provider.definition.name}`);
  const { url: path, headers, body } = callback(provider, sample, { url, ...proofFor(provider, secret) });
  const signature = headers['x-signalwire-signature'];
  return {
    url: path,
    method: 'POST',
    headers: { ...headers, ...(signature && { 'x-twilio-signature': signature }) },
    body,
  };
}

// What cannot be asked, or is refused, and where the credentials come from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInProviders } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { SIGNALWIRE_API } from '../../../core/test/provider-apis.ts';
import { API_VARIABLES } from '../../src/reconcile/api-variables.ts';
import { run } from '../run.ts';
import { temporaryFolder } from '../servers.ts';
import { API_CREDENTIALS, startApis } from './asked-api.ts';
import { CALL, filled, on, openFile, RECORDS, rowsOf, silent } from './silent-calls.ts';

it('refused credentials are named, and not repeated', async () => {
  const opened = await filled(openFile);
  const apis = await startApis(RECORDS);
  const env = { ...apis.env, ...API_CREDENTIALS, SIGNALWIRE_API_TOKEN: 'hunter2' };
  const { stdout, stderr, exitCode } = await run(on(opened, '--yes', '--provider', 'signalwire'), { env });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/✗ signalwire {2}7c9e6679… {2}in-progress: answered 401\n1 failed\n$/);
  expect(stderr).toContain(
    'signalwire refused the credentials: acme.signalwire.com answered 401. Check SIGNALWIRE_SPACE',
  );
  expect(stdout + stderr).not.toContain('hunter2');
  expect(await opened.inbox.counts()).toMatchObject({ live: 3 });
});

it('a provider that is down is not asked again and again, and strange ids are not sent', async () => {
  const opened = await openFile();
  for (let at = 0; at < 8; at++) await silent(opened.inbox, CALL.replace('90ae7', `90a0${at}`));
  await silent(opened.inbox, '../Accounts', 'signalwire', 9);
  const apis = await startApis(RECORDS, () => ({ status: 503 }));
  const { stdout, stderr, exitCode } = await run(on(opened, '--yes'), { env: { ...apis.env, ...API_CREDENTIALS } });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('in-progress: no call of signalwire has such an id, so it was not sent\n');
  expect(stdout).toMatch(/\n9 failed\n$/);
  expect(stderr).toContain('acme.signalwire.com answered 503. signalwire is not asked any more: run it again later.');
  expect(apis.requests).toHaveLength(5);
});

it('what cannot be asked is named, with what to do', async () => {
  const opened = await filled(openFile);
  await silent(opened.inbox, 'call-1', 'mycpaas', 1.5);
  await silent(opened.inbox, 'call-2', 'acme', 1);
  const apis = await startApis(RECORDS);
  const none = await run(on(opened, '--yes', '--json'), { env: { ...apis.env, EXOTEL_SID: 'acme1' } });
  expect(none.exitCode).toBe(1);
  expect(rowsOf(none.stdout).map(({ provider, result }) => [provider, result].join(' '))).toEqual([
    'exotel no_credentials',
    'signalwire no_credentials',
    'mycpaas no_api',
    'acme no_credentials',
  ]);
  expect(none.stderr).toContain('Set EXOTEL_API_KEY, EXOTEL_API_TOKEN and EXOTEL_REGION; --env .env reads a file.');
  expect(none.stderr).toContain('mycpaas documents no way to ask about a call.');
  expect(none.stderr).toContain('the provider "acme" is not known here. Name the configuration file');
  expect(none.stderr).toMatch(/call-status: No provider was asked: there are no credentials for the API of exotel\./);
  const { EXOTEL_SID: _, ...rest } = API_CREDENTIALS;
  const some = await run(on(opened, '--yes'), { env: { ...apis.env, ...rest } });
  expect([some.exitCode, some.stdout]).toEqual([
    1,
    expect.stringMatching(/✓ signalwire.*\n1 recorded · 3 not asked\n$/),
  ]);
});

it.each<[args: string[], env: Record<string, string>, exitCode: number, message: string]>([
  [['--older-than', 'long'], {}, 2, '--older-than is not "long".'],
  [['--provider', 'signalwir'], {}, 2, 'Did you mean signalwire?'],
  [['--secret-stdin'], {}, 2, 'Whose secret is it? Add --provider NAME.'],
  [['--call', 'nothing'], {}, 4, 'No live call has been silent for 10 min or longer whose id begins with "nothing".'],
  [['--provider', 'exotel'], { EXOTEL_REGION: 'hunter2' }, 2, 'The credentials for the API of exotel cannot be right.'],
])('%j with %j ends with %d', async (args, env, exitCode, message) => {
  const opened = await filled(openFile);
  const result = await run(on(opened, ...args), { env: { ...API_CREDENTIALS, ...env }, input: 'a key' });
  expect([result.exitCode, result.stdout]).toEqual([exitCode, '']);
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toContain('hunter2');
});

it.each<[flags: string[], env: Record<string, string>, input: string]>([
  [['--secret-from-env', 'KEY'], { KEY: SIGNALWIRE_API.token }, ''],
  [['--secret-stdin'], {}, `${SIGNALWIRE_API.token}\n`],
])('the secret comes with %j', async (flags, env, input) => {
  const opened = await filled(openFile);
  const apis = await startApis(RECORDS);
  const { SIGNALWIRE_API_TOKEN: _, ...rest } = API_CREDENTIALS;
  const args = on(opened, '--yes', '--provider', 'signalwire', '--call', CALL.slice(0, 6), ...flags);
  const { exitCode, stdout } = await run(args, { env: { ...apis.env, ...rest, ...env }, input });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 recorded')]);
});

it('calls of tenants need a function in the configuration', async () => {
  const opened = await filled(openFile);
  const [event] = (await opened.inbox.getCall('signalwire', CALL))?.events ?? [];
  await opened.inbox.record({ ...event, id: 'of t1', tenant: 't1' } as never);
  const apis = await startApis(RECORDS);
  const shared = await run(on(opened, '--dry-run', '--provider', 'signalwire'), { env: API_CREDENTIALS });
  expect(shared.stderr).toMatch(/Not asked: these calls of signalwire belong to tenants.*api: \(tenant\) => …/);
  const core = new URL('../../../core/src/index.ts', import.meta.url).href;
  const config = join(temporaryFolder(), 'own.mjs');
  writeFileSync(
    config,
    `import { signalwire } from '${core}';
const api = (tenant) => tenant === 't1' ? ${JSON.stringify({ ...SIGNALWIRE_API, url: apis.url })} : undefined;
export default { providers: [signalwire({ signingKey: 'key', api })] };`,
  );
  const env = { NODE_OPTIONS: `--import=${import.meta.resolve('tsx')}` };
  const { stdout, stderr, exitCode } = await run(on(opened, '--yes', '--config', config, '--json'), { env });
  expect(stderr).toMatch(/2 {2}signalwire {2}2 h {9}as the configuration says/);
  expect(
    rowsOf(stdout)
      .map(({ provider, tenant = 'none', result }) => [provider, tenant, result].join(' '))
      .toSorted(),
  ).toEqual(['exotel none no_credentials', 'signalwire none no_credentials', 'signalwire t1 recorded']);
  expect(exitCode).toBe(1);
});

describe('the credentials of a provider that can be asked', () => {
  const askable = builtInProviders.filter(({ definition }) => definition.fetchCall !== undefined);

  it.each(askable.map(({ definition }) => [definition.name, definition] as const))('%s', (name, { options = {} }) => {
    const ways = API_VARIABLES[name] ?? [];
    const issuesOf = (api: object): string => JSON.stringify(options['api']?.['~standard'].validate(api));
    for (const parts of ways) {
      const all = Object.fromEntries(parts.map(({ option }) => [option, 7]));
      // Each is known to the provider, and no other is required.
      for (const { option } of parts) expect(issuesOf(all)).toContain(`${option}`);
      expect(issuesOf(all)).not.toMatch(/unknown|missing/i);
      expect(parts.filter(({ isSecret }) => isSecret)).toHaveLength(1);
    }
    expect(ways.length).toBeGreaterThan(0);
  });
});

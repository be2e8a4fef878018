// Asking providers about silent calls, as an operator does it. Their APIs are on this machine.
import { createCallStatus, signalwire } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SIGNALWIRE_API } from '../../../core/test/provider-apis.ts';
import { INBOXES } from '../inbox/inboxes.ts';
import { HAS_TERMINAL, run, runInTerminal } from '../run.ts';
import { API_CREDENTIALS, startApis } from './asked-api.ts';
import { CALL, filled, HOUR, OTHER, on, openFile, RECORDS, rowsOf, SID, silent } from './silent-calls.ts';

describe.each(INBOXES)('in %s', (_, open) => {
  it('what providers say is recorded once, for the workers of the application', async () => {
    const opened = await filled(open);
    const { inbox } = opened;
    const apis = await startApis(RECORDS);
    const env = { ...apis.env, ...API_CREDENTIALS };
    const { stdout, stderr, exitCode } = await run(on(opened, '--yes'), { env });
    expect(stderr).toContain('2 live calls have been silent for 10 min or longer:');
    expect(stderr).toMatch(
      /1 {2}exotel {6}30 h {8}api\.in\.exotel\.com\n +1 {2}signalwire {2}2 h {9}acme\.signalwire\.com/,
    );
    expect(stdout).toMatch(/✓ exotel {2}80bfbec2… {2}in-progress → completed {2}32 s\n/);
    expect(stdout).toMatch(/✓ signalwire {2}7c9e6679… {2}in-progress → completed {2}57 s\n/);
    expect(stdout).toMatch(/\n2 recorded\n$/);
    expect(exitCode).toBe(0);
    expect(apis.hosts().toSorted()).toEqual(['acme.signalwire.com', 'api.in.exotel.com']);
    expect(await inbox.counts()).toMatchObject({ ended: 2, live: 1 });
    const { due, blocked, workers } = await inbox.health();
    expect([due + blocked, workers]).toEqual([5, []]);
    const [place = '', ...schema] = opened.args;
    const shown = await run(['inbox', 'show', place, CALL, ...schema]);
    expect(shown.stdout).toMatch(/completed +advance/);
    expect(shown.stdout).not.toContain('Watch');
    const again = await run(on(opened, '--yes'), { env });
    expect([again.exitCode, again.stderr]).toEqual([0, 'No live call has been silent for 10 min or longer.\n']);
    expect(apis.requests).toHaveLength(2);
  });
});

it('a look asks and writes nothing, and neither does a pipe without --yes', async () => {
  const opened = await filled(openFile);
  const apis = await startApis(RECORDS);
  const env = { ...apis.env, ...API_CREDENTIALS };
  const dry = await run(on(opened, '--dry-run', '--json'), { env });
  expect(dry.exitCode).toBe(0);
  expect(rowsOf(dry.stdout)).toEqual([
    {
      provider: 'exotel',
      callId: SID,
      lastStatus: 'in-progress',
      lastEventAt: expect.any(String),
      result: 'not_asked',
    },
    {
      provider: 'signalwire',
      callId: CALL,
      lastStatus: 'in-progress',
      lastEventAt: expect.any(String),
      result: 'not_asked',
    },
  ]);
  const piped = await run(on(opened), { env });
  expect([piped.exitCode, piped.stdout]).toEqual([2, '']);
  expect(piped.stderr).toContain('Add --yes to do it.');
  expect(apis.requests).toEqual([]);
  expect(await opened.inbox.watches.list()).toEqual({ rows: [] });
});

it('each answer is an object with stable names', async () => {
  const opened = await filled(openFile);
  await silent(opened.inbox, OTHER.replace('0ae8', '0ae9'), 'signalwire', 3);
  const apis = await startApis(RECORDS);
  const args = on(opened, '--yes', '--json', '--provider', 'signalwire', '--older-than', '1h');
  const { stdout, exitCode } = await run(args, { env: { ...apis.env, ...API_CREDENTIALS } });
  expect(exitCode).toBe(0);
  const about = { provider: 'signalwire', lastStatus: 'in-progress', lastEventAt: expect.any(String) };
  expect(rowsOf(stdout).toSorted((one, other) => String(one['callId']).localeCompare(String(other['callId'])))).toEqual(
    [
      {
        ...about,
        callId: CALL,
        result: 'recorded',
        eventId: expect.stringContaining('signalwire:'),
        status: 'completed',
        transition: 'advance',
        durationSeconds: 57,
      },
      { ...about, callId: OTHER.replace('0ae8', '0ae9'), result: 'not_found' },
    ],
  );
});

it.each([
  ['has credentials, asks itself', true],
  ['has none, leaves it to the command', false],
])('a service that looks after the calls and %s; the event is not doubled', async (_, hasApi) => {
  const opened = await filled(openFile);
  const apis = await startApis(RECORDS);
  const theirs = await startApis(RECORDS);
  const { inbox } = opened;
  const api = hasApi && { api: { ...SIGNALWIRE_API, url: theirs.url } };
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: 'key', ...api })],
    inbox,
    log: { warn() {}, error() {} },
    reconcile: { afterMs: { 'in-progress': 24 * HOUR } },
    onStatus() {},
  });
  onTestFinished(() => calls.close());
  await vi.waitFor(async () => expect((await calls.health()).leads).toBe(true), { timeout: 20_000 });
  const args = on(opened, '--yes', '--provider', 'signalwire');
  const { exitCode, stdout } = await run(args, { env: { ...apis.env, ...API_CREDENTIALS } });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 recorded')]);
  expect([apis.requests.length, theirs.requests.length]).toEqual(hasApi ? [0, 1] : [1, 0]);
  expect((await inbox.getCall('signalwire', CALL))?.events).toHaveLength(2);
});

it.runIf(HAS_TERMINAL)('a terminal is asked, and told who will be', async () => {
  const opened = await filled(openFile);
  const apis = await startApis(RECORDS);
  const env = { ...apis.env, ...API_CREDENTIALS };
  const no = await runInTerminal(on(opened), { env, typed: [['[y/N]', 'n\r']] });
  expect([no.exitCode, no.stdout]).toEqual([
    1,
    expect.stringMatching(
      /Ask api\.in\.exotel\.com and acme\.signalwire\.com about 2 calls\?[\s\S]*No provider was asked/,
    ),
  ]);
  expect(apis.requests).toEqual([]);
  const yes = await runInTerminal(on(opened), { env, typed: [['[y/N]', 'y\r']] });
  expect([yes.exitCode, yes.stdout]).toEqual([0, expect.stringContaining('2 recorded')]);
});

// Replaying, discarding and erasing: with a preview, a question, and nothing without a yes.
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal, start } from '../run.ts';
import { anEvent, CALL, fill, handle, INBOXES, type Opened } from './inboxes.ts';

/** More than a page of an inbox has. */
const MANY = 1200;

function on({ args: [place = '', ...schema] }: Opened, command: string, ...rest: string[]): string[] {
  return [...command.split(' '), place, ...rest, ...schema];
}

describe.each(INBOXES)('in %s', (_, open) => {
  it('nothing is changed without a yes, nor without saying what', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const [bare, both, piped, dry, forget, unknown] = await Promise.all([
      run(on(opened, 'inbox replay')),
      run(on(opened, 'inbox replay', 'exotel:ab12cd34', '--all')),
      run(on(opened, 'inbox replay', '--all')),
      run(on(opened, 'inbox discard', '--error', 'econnrefused', '--dry-run', '--json')),
      run(on(opened, 'inbox forget', 'signalwire', CALL)),
      run(on(opened, 'inbox replay', 'no such event', '--yes')),
    ]);
    expect([bare.exitCode, bare.stderr]).toEqual([
      2,
      expect.stringContaining('Which dead letters? Nothing was replayed.'),
    ]);
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('not both')]);
    expect([piped.exitCode, piped.stdout]).toEqual([2, '']);
    expect(piped.stderr).toMatch(/2 dead letters, oldest first:\n[\s\S]*exotel:ab12cd34[\s\S]*Add --yes/);
    expect(dry.exitCode).toBe(0);
    expect(
      dry.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ discarded: false }, { discarded: false }]);
    expect([forget.exitCode, forget.stderr]).toEqual([2, expect.stringContaining('3 events')]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([4, expect.stringContaining('There is no dead letter')]);
    expect(await opened.inbox.counts()).toMatchObject({ dead: 2, waiting: 0, live: 1, ended: 2 });
  });

  it('a replay takes all pages, the oldest first, each once', async () => {
    const opened = await open();
    const { inbox } = opened;
    const ids = Array.from({ length: MANY }, (_unused, at) => `call-${String(at).padStart(5, '0')}`);
    for (const callId of ids) await inbox.record(anEvent(callId, 'completed'));
    const dead = await handle(inbox, ({ callId }) => (callId === 'call-00007' ? 'other' : 'boom 7'));
    const replayed = await run(on(opened, 'inbox replay', '--error', 'boom', '--yes', '--json'));
    expect(replayed.exitCode).toBe(0);
    const rows = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(MANY - 1);
    expect(rows.every((row) => row.replayed)).toBe(true);
    const times = rows.map(({ deadAt }): string => deadAt);
    expect(times).toEqual(times.toSorted());
    expect(replayed.stderr).toContain(`and ${MANY - 6} more`);
    expect(await inbox.counts()).toMatchObject({ dead: 1, waiting: MANY - 1 });
    const order = await handle(inbox, () => undefined);
    expect(order.toSorted()).toEqual(dead.filter((id) => !id.includes('00007')).toSorted());
    const again = await run(on(opened, 'inbox replay', '--error', 'boom', '--yes'));
    expect([again.exitCode, again.stderr]).toEqual([0, 'No dead letter matches.\n']);
  });

  it('dead letters are discarded, and a call erased', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const discarded = await run(on(opened, 'inbox discard', 'exotel:ab12cd34', '--yes', '--json'));
    expect(JSON.parse(discarded.stdout)).toMatchObject({ eventId: 'exotel:ab12cd34', discarded: true });
    const forgotten = await run(on(opened, 'inbox forget', 'signalwire', CALL, '--yes'));
    expect([forgotten.exitCode, forgotten.stdout]).toEqual([0, '1 call erased.\n']);
    expect(forgotten.stderr).toContain('+1555•••4567 → +1555•••9922');
    expect(await opened.inbox.getCall('signalwire', CALL)).toBeUndefined();
    expect(await opened.inbox.counts()).toMatchObject({ dead: 0 });
    const again = await run(on(opened, 'inbox forget', 'signalwire', CALL, '--yes'));
    expect([again.exitCode, again.stderr]).toEqual([4, expect.stringContaining('has no call')]);
  });
});

it('what was announced is done, also if nothing reads the output', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  for (let at = 0; at < MANY; at++) await opened.inbox.record(anEvent(`call-${at}`, 'completed'));
  await handle(opened.inbox, () => 'boom');
  const child = start(on(opened, 'inbox replay', '--all', '--yes', '--json'));
  child.stdout.destroy();
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(await opened.inbox.counts()).toMatchObject({ dead: 0, waiting: MANY });
});

it('a check has a word about retries, which are no fault', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  for (const status of ['ringing', 'completed'] as const) await opened.inbox.record(anEvent('call-1', status));
  const { jobs } = await opened.inbox.take({ limit: 1, leaseMs: 60_000, owner: 'test' });
  for (const { lease } of jobs) await opened.inbox.fail(lease, { error: 'boom', doneHandlers: [], retryInMs: 600_000 });
  const { stdout, exitCode } = await run(on(opened, 'inbox check'));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/! Handlers failed: 1 event waits for a retry, and 1 event behind it\. The next one is at \d/);
});

it.runIf(HAS_TERMINAL)('a question has what it is about, also with --quiet', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  await fill(opened.inbox);
  const quietly = (command: string, ...rest: string[]) =>
    runInTerminal(on(opened, command, ...rest, '--quiet'), { typed: [['[y/N]', 'n\r']] });
  const replay = await quietly('inbox replay', '--all');
  expect([replay.exitCode, replay.stdout]).toEqual([
    1,
    expect.stringMatching(/2 dead letters, oldest first:\n[\s\S]*exotel:ab12cd34[\s\S]*Replay 2 dead letters\?/),
  ]);
  const forget = await quietly('inbox forget', 'signalwire', CALL);
  expect([forget.exitCode, forget.stdout]).toEqual([1, expect.stringMatching(/ 3 events\n.*Erase 1 call for good\?/)]);
  const dry = await runInTerminal(on(opened, 'inbox discard', '--all', '--dry-run', '--quiet'));
  expect([dry.exitCode, dry.stdout]).toEqual([0, '']);
});

it.runIf(HAS_TERMINAL)('a terminal is asked', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  await fill(opened.inbox);
  const no = await runInTerminal(on(opened, 'inbox replay', '--all'), { typed: [['[y/N]', 'n\r']] });
  expect([no.exitCode, no.stdout]).toEqual([
    1,
    expect.stringMatching(/Replay 2 dead letters\?[\s\S]*Nothing was replayed/),
  ]);
  expect(await opened.inbox.counts()).toMatchObject({ dead: 2 });
  const ended = await runInTerminal(on(opened, 'inbox replay', '--all'), { typed: [['[y/N]', '\x04']] });
  expect([ended.exitCode, ended.stdout]).toEqual([1, expect.stringContaining('Nothing was replayed')]);
  const yes = await runInTerminal(on(opened, 'inbox replay', '--all'), { typed: [['[y/N]', 'y\r']] });
  expect([yes.exitCode, yes.stdout]).toEqual([0, expect.stringContaining('2 dead letters replayed.')]);
  expect(await opened.inbox.counts()).toMatchObject({ dead: 0, waiting: 2 });
});

// What the reading commands print, and that they change nothing.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal } from '../run.ts';
import { CALL, fill, INBOXES, type Opened, PARENT, queryIn } from './inboxes.ts';

const linesOf = (text: string) => text.trimEnd().split('\n');
const rowsOf = (text: string) =>
  linesOf(text)
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** A command line on an inbox. */
function on({ args: [place = '', ...schema] }: Opened, command: string, ...rest: string[]): string[] {
  return [...command.split(' '), place, ...rest, ...schema];
}

describe.each(INBOXES)('in %s', (name, open) => {
  it('commands show what is there', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const [list, page, show, fields, dead, letters, refused, stats, check, search, bySip, byError] = await Promise.all([
      run(on(opened, 'inbox ls')),
      run(on(opened, 'inbox ls', '--json', '--limit', '2')),
      run(on(opened, 'inbox show', CALL)),
      run(on(opened, 'inbox show', CALL, '--json', '--fields', '--reveal')),
      run(on(opened, 'inbox dead')),
      run(on(opened, 'inbox dead', '--error', 'econnrefused', '--json')),
      run(on(opened, 'inbox refused')),
      run(on(opened, 'inbox stats')),
      run(on(opened, 'inbox check')),
      run(on(opened, 'inbox ls', '--search', '4567', '--state', 'live', '--json')),
      run(on(opened, 'inbox ls', '--sip', '200', '--json')),
      run(on(opened, 'inbox ls', '--error', '31005', '--json')),
    ]);
    const [titles, ...calls] = linesOf(list.stdout);
    expect(titles).toMatch(/^ {2}STATUS +PROVIDER +CALL +FROM → TO +STARTED +DURATION +EVENTS$/);
    expect(calls).toHaveLength(3);
    expect(list.stdout).toMatch(
      /completed +signalwire +8b77c41c… +\+1555•••4567 → \+1555•••9922 .* 32 s +3 +dead conflict/,
    );
    const [first, second, { next }] = rowsOf(page.stdout);
    expect([first, second]).toMatchObject([{ callId: 'ab12cd34', from: '+1555•••4567' }, { callId: CALL }]);
    const rest = await run(on(opened, 'inbox ls', '--json', '--cursor', next));
    expect(rowsOf(rest.stdout)).toMatchObject([{ callId: PARENT }]);
    expect(show.stdout).toMatch(/ringing +advance +handled\n/);
    expect(show.stdout).toMatch(/completed +advance +dead, 1 failed, done: onStatus\n.*ECONNREFUSED.*\+1555•••4567\n/);
    expect(show.stdout).toContain(`Made by  ${PARENT}`);
    expect(show.stdout).toContain('"Ev[2Jil 日本語"');
    expect(rowsOf(fields.stdout)).toMatchObject([
      {
        call: { callId: CALL, from: '+15550104567', hasConflict: true },
        events: [
          { raw: { From: '+15550104567' }, handling: { state: 'handled' } },
          { handling: { state: 'dead' } },
          {},
        ],
        parent: { callId: PARENT, status: 'in-progress' },
      },
    ]);
    expect(dead.stdout).toMatch(/ 1 +signalwire .*connect ECONNREFUSED/);
    expect(rowsOf(letters.stdout).map(({ eventId }) => eventId)).toEqual(
      expect.arrayContaining([`signalwire:${CALL}:completed`, 'exotel:ab12cd34']),
    );
    const handlers = rowsOf(letters.stdout).map(({ handler }) => handler);
    expect(new Set(handlers)).toEqual(new Set(['onFailed', undefined]));
    expect(letters.stdout).not.toContain('5550104567');
    expect(refused.stdout).toMatch(/ 3 +signalwire +signature_mismatch +403 .* Set publicUrl\./);
    expect(stats.stdout).toMatch(/ 2 +1 +50 % +32 s .*4\.20\n\n {2}SIP {2}200: 1\n$/);
    expect(check.exitCode).toBe(1);
    expect(check.stdout).toMatch(/no damage found\n[\s\S]*✗ 2 events could not be handled\.\n +fix .*inbox replay/);
    expect(rowsOf(search.stdout)).toMatchObject([{ callId: PARENT }]);
    expect(rowsOf(bySip.stdout)).toMatchObject([{ callId: CALL }]);
    expect(rowsOf(byError.stdout)).toMatchObject([{ callId: 'ab12cd34' }]);
  });

  it('a call is found by the beginning of its id, if no other call has the same', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const [short, several, none, one, expected, children] = await Promise.all([
      run(on(opened, 'inbox show', '8b')),
      run(on(opened, 'inbox show', '8b77c')),
      run(on(opened, 'inbox show', '5550104567')),
      run(on(opened, 'inbox show', 'ab1')),
      run(on(opened, 'inbox show', 'expected', '--json')),
      run(on(opened, 'inbox show', PARENT)),
    ]);
    expect([short.exitCode, short.stderr]).toEqual([2, expect.stringContaining('at least 3 characters')]);
    expect([several.exitCode, several.stdout]).toEqual([2, '']);
    expect(several.stderr).toMatch(new RegExp(`${CALL}[\\s\\S]*${PARENT}[\\s\\S]*2 calls begin with "8b77c"`));
    expect([none.exitCode, none.stderr]).toEqual([4, expect.stringContaining('There is no call')]);
    expect([one.exitCode, one.stdout]).toEqual([0, expect.stringContaining('ab12cd34')]);
    expect(rowsOf(expected.stdout)).toMatchObject([{ watch: { callId: 'expected-1' } }]);
    expect(children.stdout).toMatch(/Made these calls\n[\s\S]*completed/);
  });

  it('nothing is changed, also with an old retention', async () => {
    const opened = await open(1);
    await fill(opened.inbox);
    const counts = () => opened.inbox.counts();
    const bytes = () => (name === 'a file' ? readFileSync(opened.args[0] as string).toString('base64') : '');
    const rows = () =>
      name === 'a file'
        ? []
        : queryIn(
            opened.args,
            'SELECT (SELECT json_agg(c) FROM $schema.calls c) c, (SELECT json_agg(j) FROM $schema.jobs j) j',
          );
    const before = [await counts(), bytes(), await rows()];
    const commands = ['ls --all', 'show ab12', 'dead --all', 'refused', 'stats', 'check', 'replay --all --dry-run'];
    const results = await Promise.all(
      commands.map((line) => {
        const [command = '', ...rest] = line.split(' ');
        return run(on(opened, `inbox ${command}`, ...rest));
      }),
    );
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 1, 0]);
    expect([await counts(), bytes(), await rows()]).toEqual(before);
  });
});

it.runIf(HAS_TERMINAL)('a list is as wide as the terminal', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  await fill(opened.inbox);
  for (const columns of [100, 70, 50]) {
    const { stdout } = await runInTerminal(on(opened, 'inbox ls', '--no-color'), { columns });
    const lines = linesOf(stdout);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/STATUS .*CALL/);
  }
});

// The feed, followed by a program while a service records.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { postgresInbox } from '@call-status/inbox-postgres';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPostgres } from '../../../inbox-postgres/test/servers/find.ts';
import { startPostgres } from '../../../inbox-postgres/test/servers/postgres.ts';
import { start } from '../run.ts';
import { anEvent, INBOXES, type Opened } from './inboxes.ts';

const CALLS = 500;

/** A command line that runs, with the lines that it has printed. */
function tail({ args: [place = '', ...schema] }: Opened, ...rest: string[]) {
  const child = start(['tail', place, ...rest, ...schema]);
  const lines: string[] = [];
  const notes: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => notes.push(line));
  return { child, lines, notes };
}

/** Waits until it follows: then what is recorded next appears. */
async function untilFollowing({ inbox }: Opened, lines: readonly string[]): Promise<void> {
  for (let at = 0; lines.length === 0; at++) {
    await inbox.record(anEvent(`probe-${at}`, 'ringing'));
    await setTimeout(200);
  }
}

describe.each(INBOXES)('in %s', (_, open) => {
  it('tail shows each event once, in order, while many are recorded', async () => {
    const opened = await open();
    const { child, lines } = tail(opened, '--json', '--provider', 'signalwire');
    await untilFollowing(opened, lines);
    const wanted: string[] = [];
    for (let at = 0; at < CALLS; at++) {
      await Promise.all(
        (['ringing', 'in-progress', 'completed'] as const).map((status) => {
          wanted.push(`signalwire:c${at}:${status}`);
          return opened.inbox.record(anEvent(`c${at}`, status));
        }),
      );
      await opened.inbox.record(anEvent(`c${at}`, 'busy', { provider: 'exotel', id: `exotel:c${at}` }));
    }
    const shown = () => lines.map((line): string => JSON.parse(line).id).filter((id) => id.startsWith('signalwire:c'));
    await vi.waitFor(() => expect(shown().length).toBe(wanted.length));
    expect(shown().toSorted()).toEqual(wanted.toSorted());
    const ofOne = shown().filter((id) => id.startsWith('signalwire:c7:'));
    expect(ofOne).toEqual(['ringing', 'in-progress', 'completed'].map((status) => `signalwire:c7:${status}`));
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
  });

  it('tail begins where it is told to, and filters', async () => {
    const opened = await open();
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await opened.inbox.record(anEvent('old', 'completed', { receivedAt: hourAgo }));
    await opened.inbox.record(anEvent('new', 'ringing'));
    await opened.inbox.record(anEvent('new', 'completed'));
    const all = tail(opened, '--from-start');
    const recent = tail(opened, '--since', '10m', '--status', 'completed', '--status', 'busy');
    await vi.waitFor(() => expect([all.lines.length, recent.lines.length]).toEqual([3, 1]));
    expect(all.lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}completed +signalwire +old +\+1555•••4567 → \+1555•••9922$/,
    );
    expect(recent.lines[0]).toMatch(/completed +signalwire +new /);
    const { rows } = await opened.inbox.events();
    const after = tail(opened, '--json', '--after', String(rows[1]?.cursor));
    await vi.waitFor(() => expect(after.lines).toHaveLength(1));
    expect(JSON.parse(String(after.lines[0]))).toMatchObject({
      cursor: rows[2]?.cursor,
      id: 'signalwire:new:completed',
    });
  });

  it('tail says once that it missed events, and ends quietly with its reader', async () => {
    const opened = await open();
    const { next } = await opened.inbox.events();
    await opened.inbox.record(anEvent('erased', 'completed'));
    await opened.inbox.record(anEvent('kept', 'ringing'));
    await opened.inbox.forgetCall('signalwire', 'erased');
    const { child, lines, notes } = tail(opened, '--after', next);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(notes).toEqual(['Missed: events were removed before they were read.']);
    child.stdout.destroy();
    const closed = once(child, 'close');
    await opened.inbox.record(anEvent('kept', 'completed'));
    expect(await closed).toEqual([0, null]);
    expect(notes).toHaveLength(1);
  });
});

it.skipIf(findPostgres() === undefined)('tail waits while a database restarts, and misses nothing', async () => {
  const server = await startPostgres({ settings: ['fsync=off'] });
  onTestFinished(() => server.remove());
  const inbox = postgresInbox({ url: server.url });
  onTestFinished(() => inbox.close());
  await inbox.ready({ create: true });
  const opened = { inbox, args: [server.url] };
  const { lines, notes } = tail(opened, '--json');
  await untilFollowing(opened, lines);
  await server.stop('immediate');
  await vi.waitFor(() => expect(notes).toContainEqual(expect.stringContaining('Waiting for it.')));
  await server.start();
  await vi.waitFor(() => inbox.record(anEvent('after', 'ringing')));
  await vi.waitFor(() => expect(lines.filter((line) => line.includes(':after:'))).toHaveLength(1));
  expect(notes).toEqual([
    expect.stringContaining('Waiting for it.'),
    'The inbox answers again; nothing was passed over.',
  ]);
});

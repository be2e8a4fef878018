import type { AnyCallStatusEvent } from '@call-status/core';
import { exotel, signalwire } from '@call-status/core';
import { callback, type ProviderLike, proofFor, send } from '@call-status/testing';
import { describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { SECRET, startServer, temporaryInbox } from '../servers.ts';

const ENV = { SIGNALWIRE_SIGNING_KEY: SECRET, EXOTEL_TOKEN: SECRET };
const CALL = '8b77c41c-0000-4000-8000-000000000001';
const STATUSES = ['initiated', 'ringing', 'answered', 'completed'];

/** An inbox that a server recorded: a call of SignalWire, one of Exotel, and a second server without events. */
async function recorded() {
  const { path, inbox } = temporaryInbox();
  const first = await startServer('express', { inbox });
  const post = (provider: ProviderLike, name: string, callId: string) => {
    const url = first.url(provider.definition.name);
    return send(first.origin, callback(provider, name, { ...proofFor(provider, SECRET), callId, url }));
  };
  for (const name of STATUSES) expect((await post(signalwire, name, CALL)).status).toBe(200);
  expect((await post(exotel, 'completed', 'e'.repeat(32))).status).toBe(200);
  const { rows } = await first.calls.inbox.events();
  const second = await startServer('fastify');
  const received = async () => (await second.calls.inbox.events()).rows.map(({ event }) => event.id);
  return { path, second, first, received, events: rows.map(({ event }) => event) };
}

function idOf(event: AnyCallStatusEvent | undefined): string {
  return event?.id ?? '';
}

describe('call-status replay', () => {
  it('sends one event', async () => {
    const { path, second, received, events } = await recorded();
    const args = ['replay', idOf(events[3]), '--db', path, '--to', second.url('signalwire')];
    const { stdout, stderr, exitCode } = await run(args, { env: ENV });
    expect([stderr, exitCode]).toEqual([
      'Written anew from the recorded fields: its headers and original bytes were not kept.\n',
      0,
    ]);
    expect(stdout).toMatch(
      /^ {2}--> signalwire\.completed {2}call 8b77c41c… {2}form, \d+ fields, signature\n {2}<-- 200 {2}\d+ ms\n$/,
    );
    expect(await received()).toEqual([idOf(events[3])]);
  });

  it('sends a whole call in its order, named by an event or by the first characters of its id', async () => {
    const { path, second, received, events } = await recorded();
    const to = ['--db', path, '--to', second.url('signalwire'), '--json'];
    const { stdout, exitCode } = await run(['replay', idOf(events[1]), '--call', '--speed', '1000', ...to], {
      env: ENV,
    });
    expect(exitCode).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows[0]).toEqual({
      provider: 'signalwire',
      callId: CALL,
      eventId: idOf(events[0]),
      status: 'initiated',
      encoding: 'form',
      fields: expect.any(Number),
      exact: true,
      proof: 'signature',
      url: second.url('signalwire'),
      httpStatus: 200,
      durationMs: expect.any(Number),
    });
    expect(await received()).toEqual(events.slice(0, 4).map(idOf));
    const again = await run(['replay', '8b77', ...to, '--quiet'], { env: ENV });
    expect(again.stdout.match(/"status":"[\w-]+"/g)).toEqual(
      ['initiated', 'ringing', 'in-progress', 'completed'].map((status) => `"status":"${status}"`),
    );
    expect(again.stderr).toBe('');
  });

  it('signs each callback of a call with the secret of standard input', async () => {
    const { path, second, received, events } = await recorded();
    const args = ['replay', CALL, '--db', path, '--to', second.url('signalwire'), '--secret-stdin'];
    const { stderr, exitCode } = await run(args, { input: `${SECRET}\n` });
    expect([stderr, exitCode]).toEqual([expect.not.stringContaining('Standard input'), 0]);
    expect(await received()).toEqual(events.slice(0, 4).map(idOf));
  });

  it('sends nothing with --dry-run and --curl, which may be for another machine', async () => {
    const { path, received, events } = await recorded();
    const to = ['--db', path, '--to', 'https://hooks.example.com/webhooks/exotel'];
    const dry = await run(['replay', idOf(events[4]), ...to, '--dry-run', '--multipart'], { env: ENV });
    expect(dry.stdout).toMatch(/^ {2}--> exotel\.completed {2}call eeeeeeee… {2}multipart, \d+ fields, token\n$/);
    const curl = await run(['replay', idOf(events[4]), ...to, '--curl'], { env: ENV });
    expect(curl.stdout).toMatch(
      /^curl -X POST 'https:\/\/hooks\.example\.com\/webhooks\/exotel\?token='"\$EXOTEL_TOKEN" -H /,
    );
    expect(curl.stdout + dry.stdout).not.toContain(SECRET);
    const json = await run(['replay', idOf(events[4]), ...to, '--curl', '--json'], { env: ENV });
    expect(JSON.parse(json.stdout)).toMatchObject({ provider: 'exotel', curl: curl.stdout.trim() });
    expect(await received()).toEqual([]);
  });

  it('says why a server refuses it', async () => {
    const { path, second, events } = await recorded();
    const args = ['replay', idOf(events[0]), '--db', path, '--to', second.url('signalwire')];
    const { stdout, stderr, exitCode } = await run(args, { env: { SIGNALWIRE_SIGNING_KEY: 'another' } });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  <-- 403');
    expect(stderr).toContain('call-status: The server answered 403. The signature did not convince the server');
  });

  it('leaves out what was no callback', async () => {
    const { path, second, first, events } = await recorded();
    await first.calls.provider('signalwire').record({ CallSid: CALL, CallStatus: 'completed', CallDuration: '7' });
    const to = ['--db', path, '--to', second.url('signalwire')];
    const { stderr, exitCode } = await run(['replay', CALL, ...to], { env: ENV });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Left out: completed, since your application recorded it, and no callback did.');
    const { rows } = await first.calls.inbox.events();
    const own = rows.find(({ event }) => event.source === 'application');
    const only = await run(['replay', idOf(own?.event), ...to], { env: ENV });
    expect([only.exitCode, only.stderr]).toEqual([
      1,
      'call-status: The event cannot be sent again: your application recorded it, and no callback did.\n',
    ]);
    expect(events).toHaveLength(5);
  });

  it.each<[args: readonly string[], exitCode: number, message: string]>([
    [['nothing'], 4, 'There is no event or call "nothing". call-status inbox ls lists calls.'],
    [['signalwire:nothing:1'], 4, 'There is no event or call "signalwire:nothing:1".'],
    [[CALL, '--speed', '0'], 2, '--speed is not "0". 1 keeps the pauses'],
    [[CALL, '--form', '--get'], 2, '--form and --get exclude each other.'],
    [[CALL, '--to', 'https://hooks.example.com'], 2, 'hooks.example.com is not this machine.'],
    [[CALL, '--to', 'http://127.0.0.1:1/voice'], 3, 'Nothing listens at 127.0.0.1:1.'],
    [[CALL, '--db', '/nothing/calls.db'], 4, '/nothing/calls.db'],
  ])('%j ends with %d: %s', async (args, code, message) => {
    const { path } = await recorded();
    const rest = [
      ...(args.includes('--db') ? [] : ['--db', path]),
      ...(args.includes('--to') ? [] : ['--to', 'localhost:1']),
    ];
    const { stderr, exitCode } = await run(['replay', ...args, ...rest], { env: ENV });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });
});

// `call-status simulate` against real servers of the frameworks, and both inboxes.
import { postgresInbox } from '@call-status/inbox-postgres';
import { describe, expect, it } from 'vitest';
import { freshSchema, sharedServer } from '../../inbox-postgres/test/servers/test-server.ts';
import { HAS_TERMINAL, run, runInTerminal, start } from './run.ts';
import { FRAMEWORKS, PROOFS, SECRET, startServer, temporaryFolder, temporaryInbox } from './servers.ts';
import { listen, proxying, recording, simulate } from './simulating.ts';

const FAULTS =
  'duplicate=10%,shuffle=50%,late=10%,drop=5%,drop-terminal=5%,wrong-port=10%,multipart=10%,slow=1%,abort=5%';

describe.each(FRAMEWORKS)('to a server of %s', (framework) => {
  it('sends calls of all providers with all faults, and finds them in a file', async () => {
    const { path, inbox } = temporaryInbox();
    const { origin } = await startServer(framework, { inbox });
    const to = `${origin}/webhooks/{provider}`;
    const args = ['--provider', 'all', '--calls', '300', '--seed', '5', '--faults', FAULTS, '--to', to];
    const { exitCode, summary } = await simulate([...args, '--db', path, '--assert', '--quiet']);
    expect(summary).toMatchObject({ seed: 5, calls: 300, unanswered: 0, differences: 0, inboxIsBusy: false });
    expect(Object.keys(summary.answers)).toEqual(['200', '403']);
    expect(Object.values(summary['faults'] as object).every((count) => count > 0)).toBe(true);
    expect(exitCode).toBe(0);
  });

  it('finds them in PostgreSQL', async ({ skip }) => {
    const url = (await sharedServer()) ?? skip();
    const schema = freshSchema(url);
    const { origin } = await startServer(framework, { inbox: postgresInbox({ url, schema }) });
    const to = `${origin}/webhooks/{provider}`;
    const args = ['--provider', 'signalwire,exotel,telnyx', '--calls', '60', '--faults', FAULTS, '--to', to, '--quiet'];
    const env = { ...PROOFS, DATABASE_URL: url };
    const { exitCode, summary } = await simulate(
      [...args, '--db', 'env:DATABASE_URL', '--schema', schema, '--assert'],
      {
        env,
      },
    );
    expect([summary['differences'], exitCode]).toEqual([0, 0]);
  });
});

it('says what was sent and expected, and what is missing', async () => {
  const { path, inbox } = temporaryInbox();
  const server = await startServer('express', { inbox });
  // It loses events: it answers 200 to every tenth callback, and the server never sees it.
  const origin = await proxying(server.origin, (count, _req, res) => count % 10 === 0 && Boolean(res.end()));
  const args = [
    'simulate',
    'outbound-busy',
    '--provider',
    'exotel',
    '--calls',
    '250',
    '--seed',
    '7',
    '--concurrency',
    '1',
  ];
  const { stdout, exitCode } = await run([...args, '--to', `${origin}/webhooks/exotel`, '--db', path, '--assert'], {
    env: PROOFS,
  });
  expect(stdout).toMatch(
    /^ {2}seed 7 {3}250 calls, 500 callbacks in .+ \([\d,]+\/s\) {4}200: 500 {3}p50 .+ {2}p99 .+\n/,
  );
  expect(stdout).toContain(`  expected ended 250 · live 0       check: call-status inbox ls ${path} --state live\n`);
  expect(stdout).toMatch(/ {2}inbox {4}50 of 250 calls are not as expected\n {2}PROVIDER {2}CALL +EXPECTED +FOUND\n/);
  expect(stdout).toMatch(/ {2}exotel {4}5ca11\w{27} {2}busy, 2 events {2}in-progress, 1 event\n/);
  expect(stdout).toMatch(/ {2}and 30 more\n$/);
  expect(exitCode).toBe(1);
});

it.each(['https://hooks.example.com', 'https://hooks.example.com/api'])(
  'signs for %s, and sends to --to',
  async (publicUrl) => {
    const { path, inbox } = temporaryInbox();
    const { origin } = await startServer('express', { inbox, publicUrl });
    const args = [
      '--provider',
      'signalwire,exotel,twilio',
      '--calls',
      '12',
      '--seed',
      '1',
      '--faults',
      'wrong-port=10%',
    ];
    const to = `${origin}/webhooks/{provider}`;
    const more = ['--public-url', publicUrl, '--db', path, '--assert'];
    const { summary, exitCode } = await simulate([...args, '--to', to, ...more]);
    expect([Object.keys(summary.answers), summary['differences'], exitCode]).toEqual([['200', '403'], 0, 0]);
  },
);

it('signs for all providers with the secret of standard input', async () => {
  const { url } = await startServer('koa');
  const args = ['--provider', 'signalwire,twilio', '--calls', '6', '--to', url('{provider}'), '--secret-stdin'];
  const { summary, exitCode } = await simulate(args, { env: {}, input: SECRET });
  expect([Object.keys(summary.answers), exitCode]).toEqual([['200'], 0]);
});

it('sends the same bytes for the same seed and time', async () => {
  const { origin, requests } = await recording();
  const args = ['--provider', 'all', '--calls', '60', '--concurrency', '1', '--faults', 'shuffle,duplicate=9%,late=.1'];
  const sent = async (...more: string[]) => {
    await simulate([...args, '--to', `${origin}/{provider}`, '--quiet', ...more]);
    return requests.splice(0);
  };
  const first = await sent('--seed', '1', '--now', '2026-03-02T09:00:00Z');
  expect(first.length).toBeGreaterThan(120);
  expect(await sent('--seed', '1', '--now', '2026-03-02T09:00:00Z')).toEqual(first);
  expect(await sent('--seed', '2', '--now', '2026-03-02T09:00:00Z')).not.toEqual(first);
});

it('counts another encoding only where the provider has one', async () => {
  const { origin } = await recording();
  const args = ['outbound-busy', '--calls', '2', '--faults', 'multipart', '--to', origin, '--provider'];
  const [one, several] = await Promise.all([simulate([...args, 'mycpaas']), simulate([...args, 'exotel'])]);
  expect([one.summary['faults'], several.summary['faults']]).toMatchObject([{ multipart: 0 }, { multipart: 4 }]);
});

it('keeps to a rate', async () => {
  const { origin } = await recording();
  const { summary } = await simulate(['outbound-busy', '--calls', '20', '--rate', '40', '--to', origin]);
  expect(summary['durationMs']).toBeGreaterThanOrEqual(470);
});

it('chooses scenarios by weight', async () => {
  const { calls, url } = await startServer('koa');
  const mix = 'outbound-busy=3,never-ends';
  await simulate(['--mix', mix, '--calls', '100', '--seed', '3', '--to', url('twilio'), '--provider', 'twilio']);
  const { live } = await calls.inbox.health();
  expect(live).toBeGreaterThan(10);
  expect(live).toBeLessThan(40);
});

it('sends again what was not answered', async () => {
  const { path, inbox } = temporaryInbox();
  const server = await startServer('fastify', { inbox });
  const origin = await proxying(server.origin, (count, req, res) => {
    if (count % 7 === 3) return Boolean(res.writeHead(503).end());
    return count % 7 === 5 && Boolean(req.socket.destroy());
  });
  const to = `${origin}/webhooks/retell`;
  const { summary, exitCode } = await simulate([
    '--provider',
    'retell',
    '--calls',
    '30',
    '--to',
    to,
    '--db',
    path,
    '--assert',
  ]);
  expect([summary['differences'], summary['unanswered'], exitCode]).toEqual([0, 0, 0]);
  expect(summary.answers['503']).toBeGreaterThan(0);
});

it('ends with what was sent when it is interrupted', async () => {
  const { origin, requests } = await recording();
  const child = start(['simulate', 'outbound-busy', '--calls', '100000', '--rate', '50', '--to', origin], {
    env: PROOFS,
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  await expect.poll(() => requests.length).toBeGreaterThan(6);
  child.kill('SIGINT');
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect(stdout).toMatch(/^ {2}seed \d+ {3}\d+ calls, \d+ callbacks in /);
  expect([exitCode, stdout.includes(`${requests.length} callbacks`)]).toEqual([130, true]);
});

it.runIf(HAS_TERMINAL)('shows the rate on a terminal, and nowhere else', async () => {
  const { origin } = await recording();
  const args = ['simulate', 'outbound-busy', '--calls', '60', '--rate', '50', '--to', origin];
  const { stdout } = await runInTerminal(args, { env: PROOFS });
  expect(stdout).toMatch(/ {2}\d+ of 60 calls, \d+ callbacks\/s, .+ left\r/);
  expect((await run(args, { env: PROOFS })).stderr).toBe('');
});

it('lists scenarios and faults', async () => {
  const { stdout } = await run(['simulate', '--list']);
  expect(stdout).toMatch(/^ {2}never-ends {10}exotel, infobip, /m);
  expect(stdout).toMatch(/FAULTS {14}duplicate, .*wrong-port/);
});

describe('exits with', () => {
  const TO = ['--to', 'http://127.0.0.1:1/'];
  it.each<[args: string[], exitCode: number, message: string]>([
    [['outbound-bsy', ...TO], 2, 'There is no scenario "outbound-bsy". Did you mean outbound-busy?'],
    [
      ['voicemail', '--provider', 'sinch', ...TO],
      2,
      'sinch cannot report "voicemail": its callback does not say who answered. It has ',
    ],
    [['--provider', 'signalwir', ...TO], 2, 'There is no provider "signalwir". Did you mean signalwire?'],
    [
      ['--public-url', 'hooks.example.com', ...TO],
      2,
      '--public-url is not "hooks.example.com". It is the publicUrl of ',
    ],
    [['--seed', 'x', ...TO], 2, '--seed is not "x".'],
    // Before anything is sent: nothing listens there.
    [['--to', 'localhost:1', '--wait', 'x'], 2, '--wait is not "x".'],
    [['--assert', ...TO], 2, '--assert needs an inbox. Give the one of your server: --db calls.db.'],
    [['--db', 'missing.db', '--assert', ...TO], 4, 'missing.db'],
    [[], 2, '--to is missing. Give the callback URL of your server: '],
    [['--to', 'http://hooks.example.com/'], 2, 'hooks.example.com is not this machine.'],
    [TO, 3, 'Nothing listens at 127.0.0.1:1. Start the server, or correct --to.'],
  ])('%j', async (args, exitCode, message) => {
    const result = await run(['simulate', ...args], { env: PROOFS, cwd: temporaryFolder() });
    expect(result.stderr).toContain(message);
    expect([result.stdout, result.exitCode]).toEqual(['', exitCode]);
  });

  it('1 when genuine callbacks are refused', async () => {
    const { url } = await startServer('express');
    const args = ['simulate', 'outbound-busy', '--calls', '5', '--to', url('signalwire')];
    const { stderr, exitCode } = await run(args, { env: { SIGNALWIRE_SIGNING_KEY: 'another' } });
    expect(stderr).toContain('The server answered 403 to 15 genuine callbacks. Check that both have the same secret,');
    expect(exitCode).toBe(1);
  });

  it('1 when callbacks for another port are accepted', async () => {
    const { origin } = await recording();
    const args = ['simulate', 'outbound-busy', '--calls', '5', '--faults', 'wrong-port', '--to', origin];
    const { stderr, exitCode } = await run(args, { env: PROOFS });
    expect(stderr).toContain('The server accepted 15 callbacks that are signed for another port.');
    expect(exitCode).toBe(1);
  });

  it('3 when the server goes away', async () => {
    let count = 0;
    const origin = await listen((req, res) => {
      if (++count > 10) req.socket.destroy();
      else req.resume().on('end', () => res.end());
    });
    const { stderr, exitCode } = await run(['simulate', '--calls', '500', '--to', origin], { env: PROOFS });
    expect(stderr).toContain('closed the connection without an answer.');
    expect(exitCode).toBe(3);
  });
});

// `call-status trigger` against real servers, with a callback of every provider.
import { createServer } from 'node:http';
import { builtInProviders } from '@call-status/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal } from '../run.ts';
import { FRAMEWORKS, PROOFS, startServer } from '../servers.ts';

const NAMES = builtInProviders.map(({ definition }) => definition.name);

const lastOf = <T>(list: readonly T[]): T | undefined => list.at(-1);

describe.each(FRAMEWORKS)('to a server of %s', (framework) => {
  const names = NAMES.filter((_, index) => FRAMEWORKS[index % FRAMEWORKS.length] === framework);

  it('is a genuine callback, of every third provider', async () => {
    const server = await startServer(framework);
    await Promise.all(
      names.map(async (name) => {
        const { stdout, stderr, exitCode } = await run(['trigger', `${name}.completed`, '--to', server.url(name)], {
          env: PROOFS,
        });
        expect(stderr).toBe('');
        expect(stdout).toMatch(
          /^ {2}--> \w+\.[\w-]+ {2}call \S{8}… {2}(form|json|multipart), \d+ fields, (signature|credentials|token)\n {2}<-- 200 {2}\d+ ms\n$/,
        );
        expect(exitCode).toBe(0);
      }),
    );
    expect(server.events.map(({ provider }) => provider).sort()).toEqual(names);
    for (const { provider, status, trust } of server.events) {
      expect([provider, status], provider).toEqual([provider, 'completed']);
      expect(trust, provider).toMatch(/signed|token/);
    }
  });

  it.each([
    ['signalwire', ['--json-body'], 'json'],
    ['signalwire', ['--get'], 'GET'],
    ['exotel', ['--multipart'], 'multipart'],
    ['exotel', ['--form'], 'form'],
    ['exotel', ['--json-body'], 'json'],
    ['plivo', ['--get'], 'GET'],
  ])('of %s with %j is %s', async (name, flags, encoding) => {
    const server = await startServer(framework);
    const { stdout, exitCode } = await run(['trigger', `${name}.busy`, '--to', server.url(name), '--json', ...flags], {
      env: PROOFS,
    });
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      {
        provider: name,
        event: 'busy',
        callId: expect.any(String),
        encoding,
        fields: expect.any(Number),
        proof: name === 'exotel' ? 'token' : 'signature',
        url: server.url(name),
        httpStatus: 200,
        durationMs: expect.any(Number),
      },
    ]);
    expect(lastOf(server.events)).toMatchObject({ provider: name, status: 'busy', callId: JSON.parse(stdout).callId });
  });
});

it('has the fields that are set, and none that is removed', async () => {
  const server = await startServer('express');
  const trigger = (event: string, ...args: string[]) =>
    run(['trigger', event, '--to', server.url(event.split('.')[0] ?? ''), ...args], { env: PROOFS });
  const id = 'c1b2d3e4-0000-4000-8000-000000000001';
  const note = 'Note=a=b & ü';
  const { exitCode } = await trigger(
    'signalwire.completed',
    '--call',
    id,
    '--set',
    'CallDuration=42',
    '--set',
    note,
    '--remove',
    'From',
  );
  expect(exitCode).toBe(0);
  expect(lastOf(server.events)).toMatchObject({
    callId: 'c1b2d3e4-0000-4000-8000-000000000001',
    durationSeconds: 42,
    raw: { Note: 'a=b & ü' },
  });
  expect(lastOf(server.events)).not.toHaveProperty('from');

  await trigger('exotel.completed', '--set', 'Legs[0][Status]=busy', '--form');
  expect(lastOf(server.events)?.legs?.map(({ status }) => status)).toEqual(['busy', 'completed']);

  const number = 'message.customer.number=+15550100001';
  const extra = 'message.extra:={"list":[1,2]}';
  await trigger('voicedock.completed', '--set', number, '--set', extra, '--remove', 'message.call.type');
  expect(lastOf(server.events)).toMatchObject({
    raw: { message: { extra: { list: [1, 2] }, customer: { number: '+15550100001' } } },
  });
  expect(lastOf(server.events)?.raw).not.toHaveProperty('message.call.type');
});

it('is another call each time, so that none is a duplicate', async () => {
  const server = await startServer('koa');
  for (const _ of [1, 2]) await run(['trigger', 'twilio.busy', '--to', server.url('twilio')], { env: PROOFS });
  const ids = server.events.map(({ callId }) => callId);
  expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  for (const id of ids) expect(id).toMatch(/^CA[0-9a-f]{32}$/);
});

it('is signed for the public URL of the server, also behind a proxy that removes a prefix', async () => {
  const server = await startServer('fastify', { publicUrl: 'https://hooks.example.com/voice' });
  const args = ['trigger', 'signalwire.busy', '--to', server.url('signalwire')];
  expect((await run([...args, '--public-url', 'https://hooks.example.com/voice'], { env: PROOFS })).exitCode).toBe(0);
  const { stderr, exitCode } = await run(args, { env: PROOFS });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('add it: --public-url URL')]);
});

it('takes the whole callback URL as the public one, as the server does', async () => {
  const publicUrl = 'https://hooks.example.com/webhooks/twilio';
  const server = await startServer('express', { publicUrl });
  const args = ['trigger', 'twilio.busy', '--to', server.url('twilio'), '--public-url', publicUrl];
  expect((await run(args, { env: PROOFS })).exitCode).toBe(0);
});

it.runIf(HAS_TERMINAL)('has colors in a terminal', async () => {
  const server = await startServer('express');
  const args = ['trigger', 'exotel.completed', '--to', server.url('exotel')];
  const { stdout, exitCode } = await runInTerminal(args, { env: PROOFS });
  expect(stdout).toContain('--> \x1b[1mexotel.completed-json\x1b[22m');
  expect([stdout.includes('<-- \x1b[32m200\x1b[39m'), exitCode]).toEqual([true, 0]);
});

describe('an answer that is no', () => {
  const OTHER_KEY = { SIGNALWIRE_SIGNING_KEY: 'other' };
  it.each<[(typeof FRAMEWORKS)[number], event: string, status: number, advice: string, env: Record<string, string>]>([
    [
      'express',
      'signalwire.busy',
      403,
      'The callback had no proof. Set SIGNALWIRE_SIGNING_KEY to the signingKey of',
      {},
    ],
    ['koa', 'signalwire.busy', 403, 'have the same signingKey. If the server has a publicUrl', OTHER_KEY],
    ['fastify', 'exotel.busy', 403, 'The token did not convince the server', { EXOTEL_TOKEN: 'other' }],
    ['express', 'telnyx.busy', 403, 'call-status trigger telnyx --public-key prints it.', {}],
    ['fastify', 'signalwire.invalid-no-status', 422, 'The server could not read the callback', PROOFS],
    ['koa', 'signalwire.other-fax', 404, 'Check the path of --to', PROOFS],
  ])('of %s to %s is %d: %s', async (framework, event, status, advice, env) => {
    const server = await startServer(framework);
    const to = server.url(event.split('.')[0] ?? '');
    const { stdout, stderr, exitCode } = await run(['trigger', event, '--to', to], { env });
    expect(stdout).toContain(`  <-- ${status}  `);
    expect(stderr).toMatch(new RegExp(`^call-status: The server answered ${status}\\. `));
    expect(stderr).toContain(advice);
    expect(exitCode).toBe(1);
  });

  it('of another server is shown, without control characters', async () => {
    const server = createServer((_, response) =>
      response.writeHead(302, { location: '/login' }).end('\x1b[2Jto login\nmore'),
    );
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { stdout, stderr, exitCode } = await run(['trigger', 'vapi.completed', '--to', `localhost:${port}/x`], {
      env: PROOFS,
    });
    expect(stdout).toMatch(/<-- 302 {2}\d+ ms {2}\[2Jto login\n$/);
    expect([stderr, exitCode]).toEqual([
      expect.stringContaining('Providers follow no redirects. Send it to /login'),
      1,
    ]);
  });
});

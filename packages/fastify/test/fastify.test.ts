import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import {
  adapterContract,
  callback,
  deferred,
  outgoing,
  PATH,
  type Parser,
  type Setup,
} from '@call-status/testing/adapter-contract/suite';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import plugin, {
  type AnyCallStatusEvent,
  callStatusPlugin,
  closeGracefully,
  createCallStatus,
  exotel,
  memoryInbox,
  mycpaas,
} from '../src/index.ts';

/** The plugin has a scope of its own, so the application's parsers never take its bytes. */
const PARSERS: readonly Parser[] = [
  { name: '@fastify/formbody', reads: ['form', 'json'], keepsBytes: true },
  { name: '@fastify/multipart', reads: ['multipart', 'json'], keepsBytes: true },
];

adapterContract('Fastify', {
  mounts: [{ name: 'fastify.register()', callbackOnly: true }],
  parsers: PARSERS,
  start: async (setup) => {
    const fastify = Fastify({ trustProxy: setup.trustProxy, bodyLimit: 1 << 24 });
    fastify.addHook('onRequest', () => setup.arriving());
    fastify.addHook('onSend', () => setup.leaving());
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { body } = request;
      reply.code(201);
      return setup.application(request.raw, body === request.raw ? undefined : body, request.callStatus);
    };
    if (setup.order === 'before') await registerParser(fastify, setup);
    await fastify.register(callStatusPlugin, { path: PATH, receiver: setup.endpoint, handler });
    if (setup.order === 'after') await registerParser(fastify, setup);
    fastify.all('/*', handler);
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    return fastify.server;
  },
});

async function registerParser(fastify: FastifyInstance, { parser }: Setup): Promise<void> {
  if (parser === PARSERS[0]?.name) await fastify.register(formbody);
  else if (parser === PARSERS[1]?.name) await fastify.register(multipart, { attachFieldsToBody: 'keyValues' });
  else {
    // The application reads for itself.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser(
      '*',
      (_request: FastifyRequest, payload: unknown, done: (error: null, body: unknown) => void) => done(null, payload),
    );
  }
}

describe('callStatusPlugin', () => {
  const callback = {
    method: 'POST',
    url: '/hooks/voice',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'CallSid=CA1&CallStatus=completed',
  } as const;

  it('works without a server, by inject', async () => {
    const handled = deferred<string>();
    const fastify = Fastify();
    fastify.register(plugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })],
    });
    const answer = await fastify.inject(callback);
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '0']);
    expect(await handled.promise).toBe('CA1');
    await fastify.close();
  });

  it('closes the receiver that it made, and no other, and logs through Fastify', async () => {
    const lines: string[] = [];
    const fastify = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } } });
    const log = { info() {}, warn() {}, error() {} };
    const calls = createCallStatus({ log, providers: [exotel({ token: 'of the test' })] });
    const endpoint = calls.provider('exotel');
    await fastify.register(
      async (scope) => scope.register(callStatusPlugin, { path: '/own', providers: [mycpaas()] }),
      {
        prefix: '/hooks',
      },
    );
    await fastify.register(callStatusPlugin, { path: '/hooks/voice', receiver: endpoint });
    expect((await fastify.inject({ ...callback, url: '/hooks/own' })).statusCode).toBe(200);
    expect(lines.join()).toContain('Callbacks of mycpaas are not authenticated');
    await fastify.close();
    const request = { method: 'POST', url: '/', origin: '', headers: callback.headers, body: Buffer.from('CallSid=1') };
    expect((await endpoint.receive(request))?.error?.code).toBe('token_missing');
    await calls.close();
    expect((await endpoint.receive(request))?.error?.code).toBe('closed');
  });

  it('logs through Fastify for a receiver that was given no log, and its handlers do too', async () => {
    const lines: string[] = [];
    const logger = { level: 'debug', stream: { write: (line: string) => lines.push(line) } };
    const fastify = Fastify({ logger });
    const calls = createCallStatus({
      providers: [mycpaas({ token: 'secret' }), exotel({ token: 'secret' })],
      onEnded: (_, { log }) => {
        log.info?.({}, 'info of a handler');
        throw new Error('broken');
      },
    });
    fastify.register(callStatusPlugin, { path: '/hooks/voice', receiver: calls.provider('mycpaas') });
    fastify.register(callStatusPlugin, { path: '/hooks/both', receiver: calls });
    expect((await fastify.inject(callback)).statusCode).toBe(403);
    expect((await fastify.inject({ ...callback, url: '/hooks/both?token=secret', payload: 'a=1' })).statusCode).toBe(
      404,
    );
    expect((await fastify.inject({ ...callback, url: '/hooks/voice?token=secret' })).statusCode).toBe(200);
    await vi.waitFor(() => expect(lines.join('')).toContain('handler_failed'));
    const written = lines.map((line) => JSON.parse(line) as { level: number; code?: string; msg: string });
    const own = written.filter(({ msg }) => !/^(incoming request|request completed|Route .* not found)/.test(msg));
    expect(own.map(({ level, code, msg }) => [level, code ?? msg])).toEqual([
      [40, 'token_missing'],
      [20, 'passed_on'],
      [30, 'info of a handler'],
      [50, 'handler_failed'],
    ]);
    await Promise.all([fastify.close(), calls.close({ deadlineMs: 0 })]);
  });

  it('logs to the console where Fastify has no logger, and to a log that was given in any case', async () => {
    const [warn, given] = [vi.spyOn(console, 'warn').mockImplementation(() => {}), vi.fn()];
    onTestFinished(() => warn.mockRestore());
    const providers = [mycpaas({ token: 'secret' })];
    for (const [logger, options] of [
      [false, {}],
      [true, { log: { warn: given, error() {} } }],
    ] as const) {
      const fastify = Fastify({ logger: logger && { level: 'silent' } });
      fastify.register(callStatusPlugin, { path: '/hooks/voice', providers, ...options });
      const receiver = createCallStatus({ providers, ...options });
      fastify.register(callStatusPlugin, { path: '/hooks/receiver', receiver });
      for (const url of ['/hooks/voice', '/hooks/receiver']) await fastify.inject({ ...callback, url });
      await Promise.all([fastify.close(), receiver.close()]);
    }
    expect([warn, given].map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
  });

  it('closes what it made once the running handlers are done, and then takes nothing more', async () => {
    const [started, slow] = [deferred(), deferred()];
    const inbox = memoryInbox();
    const fastify = Fastify();
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      inbox,
      providers: [mycpaas({ allowUnauthenticated: true })],
      onCompleted: async () => {
        started.resolve();
        await slow.promise;
      },
    });
    expect((await fastify.inject(callback)).statusCode).toBe(200);
    await started.promise;
    let isClosed = false;
    const closed = fastify.close().then(() => {
      isClosed = true;
    });
    await sleep(50);
    expect(isClosed).toBe(false);
    slow.resolve();
    await closed;
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
    const [event] = (await inbox.getCall('mycpaas', 'CA1'))?.events ?? [];
    await expect(inbox.record({ ...(event as AnyCallStatusEvent), id: 'another' })).rejects.toMatchObject({
      code: 'closed',
    });
  });

  it('closes what it made within what is left of a deadline', async () => {
    const started = deferred();
    const aborted = deferred();
    const fastify = Fastify();
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true })],
      onCompleted: async (_event, { signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
      },
    });
    const origin = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const { headers, payload } = callback;
    expect((await fetch(origin + callback.url, { method: 'POST', headers, body: payload })).status).toBe(200);
    await started.promise;
    await closeGracefully(fastify, undefined, { deadlineMs: 1000 });
    await aborted.promise;
    // Sooner than a receiver's own ten seconds.
  }, 6000);

  it('reads what a hook made of the body', async () => {
    const handled = deferred<string>();
    const fastify = Fastify();
    fastify.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(createGunzip()));
    fastify.register(plugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })],
    });
    const answer = await fastify.inject({ ...callback, payload: gzipSync(callback.payload) });
    expect([answer.statusCode, await handled.promise]).toEqual([200, 'CA1']);
    await fastify.close();
  });

  it('reads a body that comes by HTTP/2 without its length', async () => {
    const handled = deferred<string>();
    const fastify = Fastify({ http2: true });
    const providers = [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })];
    fastify.register(plugin, { path: '/hooks/voice', providers });
    const client = connect(await fastify.listen({ port: 0, host: '127.0.0.1' }));
    client.request({ ':method': 'POST', ':path': callback.url, ...callback.headers }).end(callback.payload);
    expect(await handled.promise).toBe('CA1');
    client.destroy();
    await fastify.close();
  });

  it('answers 404 to what is not its own, without a handler', async () => {
    const fastify = Fastify();
    fastify.setNotFoundHandler((_request, reply) => reply.code(404).send('the page of the application'));
    fastify.register(callStatusPlugin, { path: '/hooks/voice', providers: [mycpaas({ allowUnauthenticated: true })] });
    const answer = await fastify.inject({ ...callback, payload: 'CallSid=CA1&DialCallStatus=completed' });
    expect([answer.statusCode, answer.body]).toEqual([404, 'the page of the application']);
    await fastify.close();
  });

  it("needs a handler with ack: 'manual'", async () => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, { path: '/hooks/voice', ack: 'manual', providers: [mycpaas({ token: 'x' })] });
    await expect(fastify.ready()).rejects.toMatchObject({ code: 'invalid_options' });
  });

  const receiver = createCallStatus({
    log: { info() {}, warn() {}, error() {} },
    providers: [mycpaas()],
    worker: false,
  });
  const notBeside = 'not beside a receiver; give it to createCallStatus().';

  it.each([
    [{ receiver }, "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'."],
    [
      { path: 'webhooks/voice', receiver },
      "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'.",
    ],
    [{ path: 7 }, "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'."],
    [{ path: '/', handler: 'x' }, 'handler: expected a function.'],
    [
      { path: '/', receiver: 'signalwire' },
      'receiver: expected what createCallStatus() returned, or one of its providers.',
    ],
    [{ path: '/', receiver: null }, 'receiver: expected what createCallStatus() returned, or one of its providers.'],
    [{ path: '/', receiver, onEnded() {}, log: undefined }, `onEnded: ${notBeside}`],
    [{ path: '/', receiver, providers: [], worker: false }, `providers: ${notBeside}`, `worker: ${notBeside}`],
  ])('does not start with %o', async (options, ...issues) => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, options as never);
    await expect(fastify.ready()).rejects.toMatchObject({ code: 'invalid_options', details: { issues } });
  });

  it('takes what is its own beside a receiver', async () => {
    const fastify = Fastify();
    const handler = (_request: FastifyRequest, reply: FastifyReply): unknown => reply.code(204).send();
    fastify.register(callStatusPlugin, { prefix: '/hooks', path: '/voice', logLevel: 'silent', receiver, handler });
    const other = { ...callback, payload: 'CallSid=CA1&DialCallStatus=completed' };
    expect((await fastify.inject(other)).statusCode).toBe(204);
    await fastify.close();
  });

  it('can be registered twice, and refuses a body that is shorter than it was said to be', async () => {
    const fastify = Fastify();
    const codes: string[] = [];
    const log = { info() {}, warn() {}, error() {} };
    const calls = createCallStatus({ log, providers: [mycpaas(), exotel()], onError: ({ code }) => codes.push(code) });
    const receiver = calls.provider('mycpaas');
    fastify.register(callStatusPlugin, { prefix: '/hooks', path: '/voice', logLevel: 'silent', receiver });
    fastify.register(callStatusPlugin, { path: '/hooks/exotel', receiver: calls.provider('exotel') });
    expect((await fastify.inject(callback)).statusCode).toBe(200);
    expect((await fastify.inject({ ...callback, url: '/hooks/exotel' })).statusCode).toBe(422);
    const headers = { ...callback.headers, 'content-length': '1000' };
    expect((await fastify.inject({ ...callback, headers })).statusCode).toBe(400);
    expect(codes).toEqual(['invalid_callback', 'body_aborted']);
    await fastify.close();
    await calls.close();
  });

  it('says how it is registered where it was called', async () => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin({ path: '/hooks/voice' } as never, undefined as never) as never);
    await expect(fastify.ready()).rejects.toThrow('expected fastify.register(callStatusPlugin, { path, … })');
  });

  it('refuses without an error that hooks of the application would see', async () => {
    const errors: unknown[] = [];
    const fastify = Fastify();
    fastify.addHook('onError', async (_request, _reply, error) => void errors.push(error));
    fastify.register(callStatusPlugin, { path: '/hooks/voice', providers: [mycpaas({ token: 'of the test' })] });
    const cutOff = { ...callback.headers, 'content-length': '1000' };
    const proved = { ...callback, url: `${callback.url}?token=of+the+test` };
    expect((await fastify.inject({ ...proved, headers: cutOff })).statusCode).toBe(400);
    expect((await fastify.inject({ ...proved, payload: 'x'.repeat(70_000) })).statusCode).toBe(413);
    expect((await fastify.inject(callback)).statusCode).toBe(403);
    expect(errors).toEqual([]);
    await fastify.close();
  });

  it("leaves the handler's errors to the application", async () => {
    const fastify = Fastify();
    fastify.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(error.message));
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      ack: 'manual',
      providers: [mycpaas({ allowUnauthenticated: true })],
      handler: () => {
        throw new Error('of the application');
      },
    });
    const answer = await fastify.inject(callback);
    expect([answer.statusCode, answer.body]).toEqual([500, 'of the application']);
    await fastify.close();
  });
});

it.each(['signalwire', 'exotel', 'voicedock', 'mycpaas'])(
  'callStatusPlugin accepts callbacks of %s with a path alone',
  async (name) => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, { path: PATH });
    const { url, headers = {}, body = new Uint8Array() } = outgoing(callback(name));
    const answer = await fastify.inject({ method: 'POST', url, headers, payload: Buffer.from(body) });
    expect(answer.statusCode).toBe(200);
    await fastify.close();
  },
);

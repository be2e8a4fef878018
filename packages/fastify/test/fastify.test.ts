import { connect } from 'node:http2';
import { createGunzip, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../testing/src/adapter-contract/deferred.ts';
import plugin, { callStatusPlugin, createCallStatus, exotel, mycpaas } from '../src/index.ts';
import { CALLBACK } from './callback.ts';

describe('callStatusPlugin', () => {
  it('works without a server, by inject', async () => {
    const handled = deferred<string>();
    const fastify = Fastify();
    fastify.register(plugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })],
    });
    const answer = await fastify.inject(CALLBACK);
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '0']);
    expect(await handled.promise).toBe('CA1');
    await fastify.close();
  });

  it('reads what a hook made of the body', async () => {
    const handled = deferred<string>();
    const fastify = Fastify();
    fastify.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(createGunzip()));
    fastify.register(plugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })],
    });
    const answer = await fastify.inject({ ...CALLBACK, payload: gzipSync(CALLBACK.payload) });
    expect([answer.statusCode, await handled.promise]).toEqual([200, 'CA1']);
    await fastify.close();
  });

  it.each([
    ['an object', 422, () => ({ CallStatus: 'completed' })],
    ['a text', 200, (body: unknown) => String(body)],
  ])('takes %s that a hook put in place of the body for a parsed one: %i', async (_, status, change) => {
    const fastify = Fastify();
    fastify.addHook('preHandler', async (request) => {
      request.body = change(request.body);
    });
    fastify.register(plugin, { path: '/hooks/voice', providers: [mycpaas({ allowUnauthenticated: true })] });
    expect((await fastify.inject(CALLBACK)).statusCode).toBe(status);
    await fastify.close();
  });

  it('reads a body that comes by HTTP/2 without its length', async () => {
    const handled = deferred<string>();
    const fastify = Fastify({ http2: true });
    const providers = [mycpaas({ allowUnauthenticated: true, onCompleted: ({ callId }) => handled.resolve(callId) })];
    fastify.register(plugin, { path: '/hooks/voice', providers });
    const client = connect(await fastify.listen({ port: 0, host: '127.0.0.1' }));
    client.request({ ':method': 'POST', ':path': CALLBACK.url, ...CALLBACK.headers }).end(CALLBACK.payload);
    expect(await handled.promise).toBe('CA1');
    client.destroy();
    await fastify.close();
  });

  it('answers other requests with 404 without a handler', async () => {
    const fastify = Fastify();
    fastify.setNotFoundHandler((_request, reply) => reply.code(404).send('the page of the application'));
    fastify.register(callStatusPlugin, { path: '/hooks/voice', providers: [mycpaas({ allowUnauthenticated: true })] });
    const answer = await fastify.inject({ ...CALLBACK, payload: 'CallSid=CA1&DialCallStatus=completed' });
    expect([answer.statusCode, answer.body]).toEqual([404, 'the page of the application']);
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
    expect((await fastify.inject(CALLBACK)).statusCode).toBe(200);
    expect((await fastify.inject({ ...CALLBACK, url: '/hooks/exotel' })).statusCode).toBe(422);
    const headers = { ...CALLBACK.headers, 'content-length': '1000' };
    expect((await fastify.inject({ ...CALLBACK, headers })).statusCode).toBe(400);
    expect(codes).toEqual(['invalid_callback', 'body_aborted']);
    await fastify.close();
    await calls.close();
  });

  it('refuses without an error that hooks of the application would see', async () => {
    const errors: unknown[] = [];
    const fastify = Fastify();
    fastify.addHook('onError', async (_request, _reply, error) => void errors.push(error));
    fastify.register(callStatusPlugin, { path: '/hooks/voice', providers: [mycpaas({ token: 'of the test' })] });
    const cutOff = { ...CALLBACK.headers, 'content-length': '1000' };
    const proved = { ...CALLBACK, url: `${CALLBACK.url}?token=of+the+test` };
    expect((await fastify.inject({ ...proved, headers: cutOff })).statusCode).toBe(400);
    expect((await fastify.inject({ ...proved, payload: 'x'.repeat(70_000) })).statusCode).toBe(413);
    expect((await fastify.inject(CALLBACK)).statusCode).toBe(403);
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
    const answer = await fastify.inject(CALLBACK);
    expect([answer.statusCode, answer.body]).toEqual([500, 'of the application']);
    await fastify.close();
  });

  it.each(['application/x-www-form-urlencoded', 'malformed'])(
    'reports a receiver that fails as Fastify does, with content type %s',
    async (type) => {
      const log = { warn() {}, error() {} };
      const calls = createCallStatus({ log, providers: [mycpaas({ token: 'of the test' })] });
      const receive = () => Promise.reject(new Error('not ours'));
      const fastify = Fastify();
      fastify.register(callStatusPlugin, {
        path: '/hooks/voice',
        receiver: Object.assign(Object.create(calls), { receive }),
      });
      const answer = await fastify.inject({ ...CALLBACK, headers: { 'content-type': type } });
      expect(answer.json()).toMatchObject({ message: 'not ours' });
      await Promise.all([fastify.close(), calls.close()]);
    },
  );

  it('gives the handler a request with a malformed content type that cannot be a callback', async () => {
    const log = { warn() {}, error() {} };
    const calls = createCallStatus({ log, providers: [mycpaas({ token: 'of the test' })] });
    const fastify = Fastify();
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      receiver: Object.assign(Object.create(calls), { accepts: () => false }),
      handler: (_request, reply) => reply.code(202).send('of the handler'),
    });
    const answer = await fastify.inject({ ...CALLBACK, headers: { 'content-type': 'malformed' } });
    expect([answer.statusCode, answer.body]).toEqual([202, 'of the handler']);
    await Promise.all([fastify.close(), calls.close()]);
  });
});

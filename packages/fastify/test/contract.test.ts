import { adapterContract, callback, type Parser, type Setup, send } from '@call-status/testing';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { builtInProviders, callStatusPlugin } from '../src/index.ts';

/** The plugin has a scope of its own, so the application's parsers never take its bytes. */
const PARSERS: readonly Parser[] = [
  { name: '@fastify/formbody', reads: ['form', 'json'], keepsBytes: true },
  { name: '@fastify/multipart', reads: ['multipart', 'json'], keepsBytes: true },
];

const CONTRACT = adapterContract({
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
    await fastify.register(callStatusPlugin, { path: setup.path, receiver: setup.endpoint, handler });
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

for (const { name, run } of CONTRACT) it(`callStatusPlugin keeps the contract of an adapter, ${name}`, () => run());

it.each(builtInProviders)(
  'callStatusPlugin accepts callbacks of $definition.name with only a path',
  async (provider) => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, { path: '/voice' });
    expect((await send(fastify, callback(provider, 'completed', { url: '/voice' }))).status).toBe(200);
    await fastify.close();
  },
);

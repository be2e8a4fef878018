import {
  adapterContract,
  callback,
  outgoing,
  PATH,
  type Parser,
  type Setup,
} from '@call-status/testing/adapter-contract/suite';
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

it.each(builtInProviders.map((provider) => provider().name))(
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

import type { AddressInfo } from 'node:net';
import type { Inbox } from '@call-status/core';
import { callStatusPlugin } from '@call-status/fastify';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance } from 'fastify';
import { PATH } from '../callbacks.ts';
import { floorOf } from './floor.ts';
import { signed } from './options.ts';
import type { Sink } from './sink.ts';

/** A body parser, two fields, an answer. Nothing is verified. */
export async function byHand(sink: Sink): Promise<number> {
  const fastify = Fastify();
  await fastify.register(formbody);
  fastify.post(PATH, (request, reply) => {
    const { CallSid, CallStatus } = request.body as Record<string, unknown>;
    sink(CallSid, CallStatus);
    reply.code(200).send();
  });
  return start(fastify);
}

/** The floor in Fastify. */
export async function floor(sink: Sink): Promise<number> {
  const answer = floorOf(sink);
  const fastify = Fastify();
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.post(PATH, (request, reply) => {
    reply.code(answer(request.body as Buffer, request.headers['x-signalwire-signature'])).send();
  });
  return start(fastify);
}

/** call-status: verified, validated, normalized, recorded. */
export async function callStatus(sink: Sink, inbox?: Inbox): Promise<number> {
  const fastify = Fastify();
  await fastify.register(callStatusPlugin, { path: PATH, ...signed(sink, inbox) });
  return start(fastify);
}

async function start(fastify: FastifyInstance): Promise<number> {
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  return (fastify.server.address() as AddressInfo).port;
}

import { promisify } from 'node:util';
import { CallStatusError, type CallStatusEvent } from '@call-status/core';
import { readBody, receiveRead } from '@call-status/core/adapter';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { nodeRequestOf } from './node-request.ts';
import { type CallStatusPluginOptions, pluginIssues } from './options.ts';
import { receiverFor } from './receiver.ts';
import type { CallStatusPlugin } from './types.ts';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully } from '@call-status/core/adapter';
export * from './board.ts';
export type { CallStatusPlugin, CallStatusPluginOptions } from './types.ts';

/** Decorates the application's requests. The route has its own scope, so that the application's parsers are not affected. */
const plugin: FastifyPluginAsync<CallStatusPluginOptions> = async (fastify, options) => {
  const issues = pluginIssues(options);
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
  if (!fastify.hasRequestDecorator('callStatus')) fastify.decorateRequest('callStatus', null);
  await fastify.register(callbackRoute, options);
};

const callbackRoute: FastifyPluginAsync<CallStatusPluginOptions> = async (scope, all) => {
  // The prefix and the log level are for Fastify itself.
  const { path, prefix, logLevel, receiver, handler = notFound, ...options } = all;
  const calls = receiverFor(scope, receiver, options);

  const receive = (request: FastifyRequest, reply: FastifyReply, body: Body, passOn: (error?: Error) => void): void => {
    const { method, headers, originalUrl: url } = request;
    if (!calls.accepts({ method, headers, url })) {
      passOn();
      return;
    }
    receiveRead(calls, nodeRequestOf(request, reply), body, {
      accepted: (event) => {
        request.callStatus = event as CallStatusEvent;
      },
      answer: ({ status, headers: answered }) => void reply.code(status).headers(answered).send(),
      passOn,
      fail: (error) => passOn(error as Error),
    });
  };
  const receiveUnread = promisify(receive);

  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', ({ raw }, payload, done) => readBody(payload, raw, calls.limits.bytes, done));
  scope.route({
    method: [...calls.methods],
    url: path,
    preHandler: (request, reply, done) => receive(request, reply, (request.body ?? new Uint8Array()) as Body, done),
    handler,
    errorHandler: (error, request, reply) => {
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error;
      const received = receiveUnread(request, reply, new CallStatusError('unsupported_media_type'));
      return received.then(() => handler(request, reply));
    },
  });
};

const notFound = (_request: FastifyRequest, reply: FastifyReply): void => reply.callNotFound();

/** The bytes of a body, or the error that prevented reading it. */
type Body = Uint8Array | CallStatusError;

/**
 * Receives call status callbacks in Fastify 5, at `path`. The application's own body parsers are not affected. Logs through Fastify's
 * logger, and closes the receiver that it created when Fastify closes.
 *
 * @throws CallStatusError `invalid_options`, `missing_secret`, when Fastify loads it
 * @example
 * ```ts
 * import { callStatusPlugin, signalwire } from '@call-status/fastify';
 * import Fastify from 'fastify';
 *
 * const fastify = Fastify({ logger: true });
 * fastify.register(callStatusPlugin, {
 *   path: '/webhooks/voice',
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   onCompleted: (event) => console.log(event.callId, event.durationSeconds),
 * });
 * await fastify.listen({ port: 3000 });
 * ```
 */
export const callStatusPlugin: CallStatusPlugin = fastifyPlugin(plugin, {
  name: '@call-status/fastify',
  fastify: '5.x',
}) as CallStatusPlugin;

export default callStatusPlugin;

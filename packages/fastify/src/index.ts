import {
  type CallbackEndpoint,
  type CallbackRequest,
  CallStatusError,
  type CallStatusEvent,
  type CallStatusOptions,
  createCallStatus,
  type ErrorCode,
  type Provider,
  type Receipt,
} from '@call-status/core';
import { isAnswer, whenAnswered } from '@call-status/core/node';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, LogLevel } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

export * from '@call-status/core';

declare module 'fastify' {
  interface FastifyRequest {
    /** The call status event of this request; `null` when it is none. */
    callStatus: CallStatusEvent | null;
  }
}

/** The options of {@link callStatusPlugin}: where, and either a receiver or the options for one. */
export interface CallStatusPluginOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends CallStatusOptions<Providers> {
  /** The callback's path. */
  readonly path: string;
  /** Comes before the path, as with any plugin of Fastify. */
  readonly prefix?: string;
  /** Fastify's log level for this route. */
  readonly logLevel?: string;
  /** What `createCallStatus()` returned, or one of its providers; in place of all other options. */
  readonly receiver?: CallbackEndpoint;
  /**
   * Answers what the plugin does not: other messages of the provider, and accepted callbacks with `autoAck: false`.
   * `request.body` is a Buffer.
   * @default 404
   */
  readonly handler?: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

const plugin: FastifyPluginAsync<CallStatusPluginOptions> = async (
  fastify,
  { path, prefix = '', logLevel, receiver, handler, ...options },
) => {
  const own = receiver === undefined ? createCallStatus({ log: fastify.log, ...options }) : undefined;
  const endpoint = (own ?? receiver) as CallbackEndpoint;
  if (!endpoint.autoAck && handler === undefined) {
    throw new CallStatusError('invalid_options', {
      issues: ['handler: expected a function, to answer with autoAck: false.'],
    });
  }
  if (own) fastify.addHook('onClose', () => own.close());
  if (!fastify.hasRequestDecorator('callStatus')) fastify.decorateRequest('callStatus', null);

  // A scope of its own, so that the application's parsers stay as they are.
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.route({
      method: [...endpoint.methods],
      url: prefix + path,
      ...(logLevel === undefined ? {} : { logLevel: logLevel as LogLevel }),
      bodyLimit: endpoint.limits.bytes,
      errorHandler: (error, _request, reply) => {
        const code = UNREADABLE.get(error.code);
        if (code === undefined) throw error;
        return send(reply, endpoint.refuse(new CallStatusError(code)));
      },
      handler: async (request, reply) => {
        const { method, headers } = request;
        const callback = new FastifyCallback(request, reply);
        const receipt = endpoint.mayReceive({ method, headers }) ? await endpoint.receive(callback) : undefined;
        if (receipt?.event !== undefined) request.callStatus = receipt.event as CallStatusEvent;
        const isOurs = isAnswer(endpoint, receipt);
        if (isOurs) send(reply, receipt);
        callback.settled();
        if (isOurs) return reply;
        return handler === undefined ? reply.callNotFound() : handler(request, reply);
      },
    });
  });
};

class FastifyCallback implements CallbackRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: FastifyRequest['headers'];
  readonly body: Uint8Array;
  readonly source: FastifyRequest;
  readonly #reply: FastifyReply;
  #whenAnswered: (() => void) | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.method = request.method;
    this.url = request.originalUrl;
    this.headers = request.headers;
    this.body = request.body instanceof Uint8Array ? request.body : NO_BYTES;
    this.source = request;
    this.#reply = reply;
  }

  get origin(): string {
    return `${this.source.protocol}://${this.source.host}`;
  }

  onAnswered(listener: () => void): void {
    this.#whenAnswered = listener;
  }

  /** Fastify has the receipt, and has sent it by now, unless a hook holds it. */
  settled(): void {
    if (this.#whenAnswered !== undefined) whenAnswered(this.#reply.raw, this.#whenAnswered);
  }
}

const NO_BYTES = new Uint8Array();

/** What Fastify says of a body that it could not read. */
const UNREADABLE: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'body_aborted'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
]);

function send(reply: FastifyReply, { status, headers }: Receipt<unknown>): FastifyReply {
  return reply.code(status).headers(headers).send();
}

/**
 * Receives call status callbacks in Fastify 5, at `path`. The application's own body parsers stay as they are.
 * Logs through Fastify's logger, and closes the receiver that it made when Fastify closes.
 *
 * @throws CallStatusError `invalid_options`, `missing_secret`, when Fastify loads it
 * @example
 * ```ts
 * fastify.register(callStatusPlugin, { path: '/webhooks/voice', providers: [signalwire({ signingKey, onCompleted })] });
 * ```
 */
export const callStatusPlugin: FastifyPluginAsync<CallStatusPluginOptions> = fastifyPlugin(plugin, {
  name: '@call-status/fastify',
  fastify: '5.x',
});

export default callStatusPlugin;

import {
  type CallbackReceiver,
  type CallbackRequest,
  CallStatusError,
  type CallStatusEvent,
  type CallStatusOptions,
  createCallStatus,
  isCallStatusError,
  type Provider,
  type Receipt,
} from '@call-status/core';
import {
  type BodyStream,
  contentLength,
  inNextTurn,
  isAnswer,
  isEndpoint,
  isFullyBuffered,
  originOf,
  peekBody,
  readBuffered,
  timeToClose,
  whenAnswered,
} from '@call-status/core/adapter';
import type {
  FastifyBaseLogger,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  LogLevel,
  RawServerBase,
  RawServerDefault,
} from 'fastify';
import fastifyPlugin from 'fastify-plugin';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully } from '@call-status/core/adapter';

declare module 'fastify' {
  interface FastifyRequest {
    /** The call status event of this request; `null` when it is none. */
    callStatus: CallStatusEvent | null;
  }

  interface FastifyRegister<
    T = void,
    RawServer extends RawServerBase = RawServerDefault,
    TypeProviderDefault extends FastifyTypeProvider = FastifyTypeProvider,
    LoggerDefault extends FastifyBaseLogger = FastifyBaseLogger,
  > {
    /** Registers the plugin; the events of its handlers are those of the providers given. */
    // biome-ignore lint/style/useShorthandFunctionType: it is one more signature of Fastify's interface
    <const Providers extends readonly Provider[] = readonly Provider[]>(
      plugin: CallStatusPlugin,
      options: CallStatusPluginOptions<Providers>,
    ): T;
  }
}

declare const KIND: unique symbol;

/** The type of {@link callStatusPlugin}. */
export interface CallStatusPlugin extends FastifyPluginAsync<CallStatusPluginOptions> {
  /** Tells its type from that of any other plugin; there is no such property. */
  readonly [KIND]: 'call-status';
}

/**
 * The options of {@link callStatusPlugin}: where, and either a receiver or the options for one.
 * Events have the types of the providers given; without `providers`, of all that `ProviderFields` has.
 */
export interface CallStatusPluginOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends CallStatusOptions<Providers> {
  /** The callback's path. */
  readonly path: string;
  /** Comes before the path, as with any plugin of Fastify. */
  readonly prefix?: string;
  /** Fastify's log level for this route. */
  readonly logLevel?: string;
  /** What `createCallStatus()` returned, or one of its providers; in place of the options for one. Logs through Fastify's logger if it was given no `log`. */
  readonly receiver?: CallbackReceiver;
  /**
   * Answers what the plugin does not: other messages of the provider, and accepted callbacks with `ack: 'manual'`.
   * `request.body` is a Buffer.
   * @default 404
   */
  readonly handler?: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

const plugin: FastifyPluginAsync<CallStatusPluginOptions> = async (fastify, given) => {
  if (given === undefined) throw new CallStatusError('invalid_options', { issues: [CALLED] });
  const { path, prefix = '', logLevel, receiver, handler, ...options } = given;
  const issues = issuesOf(path, receiver, handler, options);
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
  const log = isWritten(fastify.log) ? { log: fastify.log } : {};
  const own = receiver === undefined ? createCallStatus({ ...log, ...options }) : undefined;
  const endpoint = (own ?? receiver) as CallbackReceiver;
  if (endpoint.ack === 'manual' && handler === undefined) {
    throw new CallStatusError('invalid_options', {
      issues: ["handler: expected a function, which answers with ack: 'manual'."],
    });
  }
  if (log.log !== undefined) receiver?.offerLog?.(log.log);
  if (own) fastify.addHook('onClose', () => own.close(timeToClose(fastify.server)));
  if (!fastify.hasRequestDecorator('callStatus')) fastify.decorateRequest('callStatus', null);

  const receive = async (request: FastifyRequest, reply: FastifyReply, unreadable: CallStatusError | undefined) => {
    const callback = new FastifyCallback(request, reply, unreadable);
    const receipt = endpoint.accepts(callback) ? await endpoint.receive(callback) : undefined;
    if (receipt?.event !== undefined) request.callStatus = receipt.event as CallStatusEvent;
    const isOurs = isAnswer(endpoint, receipt);
    if (isOurs) send(reply, receipt);
    callback.settled();
    if (isOurs) return reply;
    return handler === undefined ? reply.callNotFound() : handler(request, reply);
  };

  // A scope of its own, so that the application's parsers stay as they are.
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request, payload, done) => {
      // Nearly every body comes with its head, and is there when all that has come to the process is read.
      inNextTurn(() => readBody(request, payload, endpoint.limits.bytes, done));
    });
    scope.route({
      method: [...endpoint.methods],
      url: prefix + path,
      ...(logLevel === undefined ? {} : { logLevel: logLevel as LogLevel }),
      bodyLimit: endpoint.limits.bytes,
      errorHandler: (error, request, reply) => {
        if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error;
        return receive(request, reply, new CallStatusError('unsupported_media_type'));
      },
      // A refusal is no error of the application, whose hooks for errors would see it.
      handler: (request, reply) => receive(request, reply, isCallStatusError(request.body) ? request.body : undefined),
    });
  });
};

/** As a middleware of Express or Koa is made; the plugin is given to Fastify as it is. */
const CALLED = 'expected fastify.register(callStatusPlugin, { path, … }), and not a call of callStatusPlugin.';

/** Without a `logger`, Fastify has one whose methods are all the same, and do nothing. */
function isWritten({ level, warn, error }: FastifyBaseLogger): boolean {
  return level !== undefined || warn !== error;
}

/** What only the plugin can tell; the receiver checks its own options. */
function issuesOf(path: unknown, receiver: unknown, handler: unknown, options: object): readonly string[] {
  const issues: string[] = [];
  if (typeof path !== 'string' || /^[^/*]/.test(path))
    issues.push("path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'.");
  if (handler !== undefined && typeof handler !== 'function') issues.push('handler: expected a function.');
  if (receiver === undefined) return issues;
  if (!isEndpoint(receiver))
    issues.push('receiver: expected what createCallStatus() returned, or one of its providers.');
  // They would have no effect, and a handler would never be called.
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) issues.push(`${name}: not beside a receiver; give it to createCallStatus().`);
  }
  return issues;
}

/** Reads the body, or says why it cannot be read. It may come from a hook that decompresses it or the like. */
function readBody(
  { raw }: FastifyRequest,
  payload: BodyStream,
  maxBytes: number,
  done: (error: Error | null, body?: Uint8Array | CallStatusError) => void,
): void {
  const announced = payload === raw ? contentLength(raw) : undefined;
  if (isFullyBuffered(payload, announced, maxBytes)) {
    done(null, readBuffered(payload));
    return;
  }
  const read = peekBody(payload, announced, maxBytes).then((body) => {
    payload.resume();
    done(null, body);
  });
  read.catch(done);
}

class FastifyCallback implements CallbackRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: FastifyRequest['headers'];
  readonly body: Uint8Array;
  readonly unreadable: CallStatusError | undefined;
  readonly frameworkRequest: FastifyRequest;
  readonly #reply: FastifyReply;
  #whenAnswered: (() => void) | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, unreadable: CallStatusError | undefined) {
    this.method = request.method;
    this.url = request.originalUrl;
    this.headers = request.headers;
    this.body = request.body instanceof Uint8Array ? request.body : NO_BYTES;
    this.unreadable = unreadable;
    this.frameworkRequest = request;
    this.#reply = reply;
  }

  get origin(): string {
    return originOf(this.frameworkRequest.raw, () => trustsProxy(this.frameworkRequest));
  }

  onAnswered(listener: () => void): void {
    this.#whenAnswered = listener;
  }

  /** Fastify has the receipt, and has sent it by now, unless a hook holds it. */
  settled(): void {
    if (this.#whenAnswered !== undefined) whenAnswered(this.#reply.raw, this.#whenAnswered);
  }
}

/** By Fastify's own setting, which it shows only in what it makes of a forwarded header. */
function trustsProxy(request: FastifyRequest): boolean {
  const probe: FastifyRequest = Object.create(request, { headers: { value: { 'x-forwarded-proto': 'probe' } } });
  return probe.protocol === ('probe' as string);
}

const NO_BYTES = new Uint8Array();

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
 * import { callStatusPlugin, signalwire } from '@call-status/fastify';
 * import Fastify from 'fastify';
 *
 * const fastify = Fastify();
 * fastify.register(callStatusPlugin, {
 *   path: '/webhooks/voice',
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   onCompleted: (event) => console.log(event.callId, event.durationSeconds),
 * });
 * ```
 */
export const callStatusPlugin: CallStatusPlugin = fastifyPlugin(plugin, {
  name: '@call-status/fastify',
  fastify: '5.x',
}) as CallStatusPlugin;

export default callStatusPlugin;

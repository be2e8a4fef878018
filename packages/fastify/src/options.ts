import type { CallStatusOptions, Provider } from '@call-status/core';
import { type CallbackReceiver, isReceiver, type OptionRule, receiverIssues } from '@call-status/core/adapter';
import type { FastifyReply, FastifyRequest, LogLevel } from 'fastify';

/**
 * The options of {@link callStatusPlugin}: the path, and either a receiver or the options for a new one.
 * Events have the types of these providers; without `providers`, of all those in `ProviderFields`.
 */
export interface CallStatusPluginOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends CallStatusOptions<Providers> {
  /** The callback's path, after the `prefix` if there is one. */
  readonly path: string;
  /** Fastify puts it before the path, as with any plugin. */
  readonly prefix?: string;
  /** Fastify's log level for the route, as with any plugin. */
  readonly logLevel?: LogLevel;
  /**
   * What `createCallStatus()` returned, or one of its providers, instead of the options for a new receiver. It logs through Fastify's
   * logger unless it has a `log` of its own.
   */
  readonly receiver?: CallbackReceiver;
  /**
   * Answers the requests that the plugin does not: other messages of the provider, and accepted callbacks with `ack: 'manual'`.
   * `request.body` is a Buffer.
   * @default answers 404
   */
  readonly handler?: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** A value that is checked elsewhere: by `pluginIssues` or by Fastify. */
const ANY: OptionRule = { expected: 'any value', fits: () => true };

/** The plugin's own options, for the list of known ones. */
const OWN: Readonly<Record<string, OptionRule>> = {
  path: ANY,
  receiver: { ...ANY, aliases: ['calls'] },
  handler: ANY,
  prefix: ANY,
  logLevel: ANY,
};

/** What is wrong with the options of the plugin. */
export function pluginIssues(given: CallStatusPluginOptions | undefined): readonly string[] {
  // A mistake: called like a middleware of Express or Koa.
  if (given === undefined)
    return ['expected fastify.register(callStatusPlugin, { path, … }), not a call of callStatusPlugin.'];
  const { path, prefix, logLevel, receiver, handler, ...options } = given;
  const issues: string[] = [];
  if (typeof path !== 'string' || /^[^/*]/.test(path))
    issues.push("path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'.");
  if (handler !== undefined && typeof handler !== 'function') issues.push('handler: expected a function.');
  if (handler === undefined && (receiver ?? options)?.ack === 'manual')
    issues.push("handler: expected a function, which answers with ack: 'manual'.");
  if (receiver === undefined) return [...issues, ...receiverIssues(given, OWN)];
  if (!isReceiver(receiver))
    issues.push('receiver: expected what createCallStatus() returned, or one of its providers.');
  // These would have no effect: the handlers would never be called.
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined)
      issues.push(`${name}: not allowed together with a receiver; pass it to createCallStatus().`);
  }
  return issues;
}

import type { Limits } from '../decode/fields.ts';
import type { Handlers } from '../handlers.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { ReconcileOptions } from '../reconcile/rules.ts';
import { kindOf, type OptionRule, type OptionRules, optionIssues } from '../rules/check-options.ts';
import {
  BOOLEAN,
  FUNCTION,
  HANDLER_RULES,
  MILLISECONDS,
  named,
  objectOf,
  oneOf,
  POSITIVE_INTEGER,
  SHARED_RULES,
  SPAN,
} from '../rules/option-rules.ts';
import { LONGEST_TIMER_MS } from '../timer.ts';
import type { CallStatusOptions, KeepRefusedOptions } from './call-status-options.ts';

const HTTP_ADDRESS = /^https?:\/\/[^/?#\s]+(\/[^\s?#]*)?(#\S*)?$/;
const PROVIDER_LIST = 'a list of providers, such as [signalwire({ … })]';

/** A pause of a timer that repeats. */
const POSITIVE_MILLISECONDS: OptionRule = {
  expected: `a whole number of milliseconds from 1 to ${LONGEST_TIMER_MS}`,
  fits: (value) => POSITIVE_INTEGER.fits(value) && MILLISECONDS.fits(value),
};

const RULES: OptionRules<Omit<CallStatusOptions, keyof Handlers<never>>> = {
  providers: {
    expected: PROVIDER_LIST,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isProvider),
    explain: explainProviders,
    aliases: ['provider', 'vendors', 'adapters', 'sources'],
  },
  publicUrl: {
    expected: 'https://host with an optional path, or a function that returns it',
    fits: (value) => typeof value === 'function' || (typeof value === 'string' && HTTP_ADDRESS.test(value)),
    explain: explainPublicUrl,
    aliases: ['url', 'baseUrl', 'webhookUrl', 'callbackParams', 'origin', 'host', 'protocol'],
  },
  ack: named(
    oneOf('recorded', 'handled', 'manual'),
    'acknowledge',
    'processBeforeResponse',
    'autoAck',
    'autoRespond',
    'autoReply',
    'autoAcknowledge',
  ),
  ackDeadlineMs: named(MILLISECONDS, 'ackTimeoutMs', 'ackTimeout', 'responseTimeout'),
  recordDeadlineMs: named(MILLISECONDS, 'recordTimeoutMs', 'recordTimeout', 'inboxTimeout'),
  limits: named(
    objectOf<Limits>({
      bytes: named(POSITIVE_INTEGER, 'maxBytes', 'size', 'maxSize', 'limit', 'fileSize'),
      fields: named(POSITIVE_INTEGER, 'parameterLimit', 'maxFields', 'parts', 'values', 'keys'),
      depth: named(POSITIVE_INTEGER, 'maxDepth', 'levels', 'nesting'),
    }),
    'limit',
    'bodyLimit',
    'maxBodySize',
    'maxBytes',
    'parameterLimit',
  ),
  inbox: {
    expected: "an inbox, such as sqliteInbox({ path: '/data/calls.db' }) of @call-status/inbox-sqlite",
    fits: isInbox,
    aliases: ['store', 'storage', 'database', 'db', 'queue', 'outbox', 'persistence'],
  },
  keepRefused: {
    ...objectOf<KeepRefusedOptions>({ rows: named(POSITIVE_INTEGER, 'limit', 'max', 'count'), raw: BOOLEAN }),
    expected: 'false, or an object with rows or raw',
    fits: (value) => value === false,
    aliases: ['keepRejected', 'refusals', 'rejected', 'keepRefusals'],
  },
  reconcile: {
    ...objectOf<ReconcileOptions>({
      afterMs: named(
        objectOf<NonNullable<ReconcileOptions['afterMs']>>({
          queued: SPAN,
          initiated: SPAN,
          ringing: SPAN,
          'in-progress': { ...SPAN, aliases: ['inProgress', 'answered'] },
          unknown: SPAN,
        }),
        'after',
        'silentForMs',
        'timeouts',
        'stuckAfterMs',
      ),
      everyMs: named(POSITIVE_MILLISECONDS, 'every', 'interval', 'intervalMs', 'pollMs'),
      giveUpAfterMs: named(SPAN, 'giveUpAfter', 'giveUpMs', 'timeoutMs', 'maxAgeMs'),
    }),
    aliases: ['reconciler', 'reconciliation', 'stuck', 'missing'],
  },
  traceContext: named(FUNCTION, 'traceparent', 'tracing', 'trace', 'getTraceContext'),
  worker: named(BOOLEAN, 'worker', 'workers', 'runHandlers'),
  leaseMs: named(POSITIVE_INTEGER, 'lease', 'leaseTimeout', 'visibilityTimeout', 'lockDuration'),
  pollMs: named(POSITIVE_MILLISECONDS, 'pollInterval', 'pollIntervalMs', 'interval'),
  ...SHARED_RULES,
  log: {
    expected: 'a logger with warn and error, such as pino()',
    fits: isLogger,
    aliases: ['logger', 'logging', 'console'],
  },
  clock: {
    expected: 'a function, or a clock with now and timers',
    fits: (value) => typeof value === 'function' || isTimeSource(value),
    aliases: ['now', 'time'],
  },
};

const ALL_RULES: Readonly<Record<string, OptionRule>> = { ...RULES, ...HANDLER_RULES };

/**
 * What is wrong with the options of a receiver, one sentence each.
 *
 * @param own the rules for the options that an adapter adds to them
 * @example
 * ```ts
 * import { receiverIssues } from '@call-status/core/adapter';
 *
 * receiverIssues({ pathh: '/voice' }, { path: { expected: 'a path', fits: (value) => typeof value === 'string' } });
 * // ['`pathh` is no option; did you mean `path`? Known: path, providers, …']
 * ```
 */
export function receiverIssues(options: unknown, own: Readonly<Record<string, OptionRule>> = {}): readonly string[] {
  if (isFrameworkRequest(options)) return [MOUNTED];
  if (areOptions(options)) return optionIssues(options, { ...own, ...ALL_RULES }, '', elsewhere);
  return [
    `expected an object with options, such as { providers: [signalwire({ … })] }, got ${isProvider(options) ? `${options.name}({ … }) itself` : kindOf(options)}.`,
  ];
}

const MOUNTED =
  'got a request instead of options: mount callStatusMiddleware({ providers: [signalwire({ … })] }), not callStatusMiddleware itself.';

/** An Express request or a Koa context: the function that makes a middleware was itself mounted as one. */
function isFrameworkRequest(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'headers' in options && 'method' in options;
}

/** Not null, and not one of the usual mistakes: a provider, a list of providers, or a name. */
function areOptions(options: unknown): options is Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null && !Array.isArray(options) && !('definition' in options);
}

const SECRETS = /secret|token|key|password|credential/i;

/** Options that belong to a provider or to the framework. */
function elsewhere(name: string): string | undefined {
  if (name === 'callbackOnly')
    return 'it belongs in the second argument: callStatusMiddleware(calls, { callbackOnly: true }).';
  if (name === 'path') return 'set the path where you mount call-status.';
  if (name === 'handlers' || name === 'on') return 'write each handler as an option: { onCompleted, onEnded }.';
  if (/^trust|proxy/i.test(name)) return 'set `publicUrl`, or your framework’s own trust proxy.';
  if (name === 'debug' || name === 'verbose') return 'give a `log` with a debug method, or set NODE_DEBUG=call-status.';
  if (SECRETS.test(name))
    return 'a secret is an option of its provider, such as signalwire({ signingKey }) or exotel({ token }).';
  return undefined;
}

function isProvider(value: unknown): value is Provider {
  const { name, definition, options } = Object(value) as Partial<Provider>;
  return (
    typeof value === 'object' && typeof name === 'string' && typeof definition === 'object' && isPlainObject(options)
  );
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Common mistakes: a provider's function that was not called, and a single provider instead of a list. */
function explainProviders(value: unknown): string | undefined {
  if (isProvider(value)) return `expected a list: [${value.name}({ … })].`;
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) return 'expected at least one provider.';
  const at = value.findIndex((one) => !isProvider(one));
  const { definition } = Object(value[at]) as Partial<Provider>;
  if (definition === undefined)
    return `number ${at + 1}: expected a provider, such as signalwire({ … }), got ${kindOf(value[at])}.`;
  const { name } = definition;
  if (typeof value[at] === 'function') return `number ${at + 1}: call the function: ${name}({ … }).`;
  return `number ${at + 1}: expected ${name}({ … }) with an object of options.`;
}

/** The two most common mistakes: a host without a scheme, and a query. */
function explainPublicUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (!/^https?:\/\//.test(value)) return 'it must begin with https:// (or http://).';
  return value.includes('?') ? 'it must not have a query: expected https://host with an optional path.' : undefined;
}

function isTimeSource(value: unknown): boolean {
  const { timers } = Object(value) as { readonly timers?: unknown };
  return hasMethods(value, 'now') && hasMethods(timers, 'now', 'after', 'every');
}

function isInbox(value: unknown): boolean {
  return hasMethods(value, 'record', 'take', 'close');
}

function isLogger(value: unknown): boolean {
  return hasMethods(value, 'warn', 'error');
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  const methods = Object(value) as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof methods[name] === 'function');
}

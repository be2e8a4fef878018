import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { signingSecret } from './authenticate/authenticate.ts';
import { DEFAULT_LIMITS, type Limits } from './decode/fields.ts';
import { CallStatusError } from './errors.ts';
import type { Handlers } from './handlers.ts';
import type { Inbox } from './inbox.ts';
import { consoleLogger, type Logger } from './log.ts';
import { memoryInbox } from './memory-inbox.ts';
import type { PublicUrl } from './message.ts';
import type { Clock, EventOf, Provider, Secret } from './provider.ts';
import { builtInProviders } from './providers/index.ts';
import { HANDLER_NAMES } from './registry.ts';
import type { RetryOptions } from './retry.ts';
import { LONGEST_TIMER_MS } from './timer.ts';

/** The options of {@link createCallStatus}, and of every adapter. */
export interface CallStatusOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends Handlers<EventOf<Providers[number]>> {
  /**
   * Whose callbacks to receive. Name one for each endpoint where you can.
   * @default all that are built in, without secrets: for development
   */
  readonly providers?: Providers | undefined;
  /**
   * Where providers reach this application, if a proxy hides it: the origin, and the path prefix that the proxy takes away.
   * @default what the framework says of the request
   */
  readonly publicUrl?: PublicUrl | undefined;
  /**
   * Whether accepted callbacks are answered with 200. If not, the next handler of the route has `req.callStatus` and answers.
   * @default true
   */
  readonly autoAck?: boolean | undefined;
  /**
   * When to answer: once the inbox has the event, or once the handlers are done (for serverless platforms; then this process has to be
   * the only one that handles).
   * @default 'recorded'
   */
  readonly ack?: 'recorded' | 'handled' | undefined;
  /**
   * With `ack: 'handled'`, how long the provider may wait, in milliseconds; then it is answered 503. SignalWire waits for 5 s.
   * @default 4000
   */
  readonly ackDeadlineMs?: number | undefined;
  /** Bounds on what is decoded. */
  readonly limits?: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } | undefined;
  /**
   * Where events are recorded before they are acknowledged.
   * @default memoryInbox(), which loses what is not handled when the process dies
   */
  readonly inbox?: Inbox | undefined;
  /**
   * Whether this receiver takes events from the inbox and runs its handlers. With `false`, `calls.work()` starts it. It needs all
   * providers and handlers of the inbox: an event for which it has no handler is done.
   * @default true once it has a handler, so that a receiver which is there to read takes nothing; always with an inbox that is not durable
   */
  readonly work?: boolean | undefined;
  /**
   * How many calls are handled at once.
   * @default 64
   */
  readonly concurrency?: number | undefined;
  /**
   * For how long an event is this process's before another may take it, in milliseconds; prolonged while a handler runs.
   * @default 15000
   */
  readonly leaseMs?: number | undefined;
  /** How failed handlers are retried. */
  readonly retry?: RetryOptions | undefined;
  /**
   * Accepts callbacks that nothing proves, in production too.
   * @default false
   */
  readonly allowUnauthenticated?: boolean | undefined;
  /** @default the console, warnings and errors only; Fastify's logger in Fastify */
  readonly log?: Logger | undefined;
  /** @default Date.now */
  readonly clock?: Clock | undefined;
}

/** The options of a receiver, with the defaults filled in. */
export interface ResolvedOptions {
  readonly providers: readonly Provider[];
  readonly handlers: Handlers<never>;
  readonly publicUrl: PublicUrl | undefined;
  readonly autoAck: boolean;
  readonly ack: 'recorded' | 'handled';
  readonly ackDeadlineMs: number;
  readonly limits: Limits;
  readonly inbox: Inbox;
  /** `undefined`: once there is a handler. */
  readonly work: boolean | undefined;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly retry: RetryOptions;
  readonly log: Logger;
  readonly clock: Clock;
  /** Who takes work: for people who read the store. */
  readonly owner: string;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param environment what `NODE_ENV` says; in `production` a provider without a secret is an error
 * @throws CallStatusError `invalid_options`, `missing_secret`
 */
export function resolveOptions(options: CallStatusOptions, environment: string | undefined): ResolvedOptions {
  const result = v.safeParse(OptionsSchema, options);
  if (!result.success) throw new CallStatusError('invalid_options', { issues: result.issues.map(sentence) });
  const {
    providers = builtInProviders.map((provider) => provider()),
    publicUrl,
    autoAck = true,
    ack = 'recorded',
    ackDeadlineMs = 4000,
    limits,
    clock = Date.now,
    inbox = memoryInbox({ clock }),
    work,
    concurrency = 64,
    leaseMs = 15_000,
    retry = {},
    allowUnauthenticated = false,
    log = consoleLogger,
    ...handlers
  } = options;
  checkProviders(providers, allowUnauthenticated, environment, log);
  if (ack === 'handled' && work === false) {
    throw new CallStatusError('invalid_options', {
      issues: ["ack: 'handled' needs the handlers in this process, so work: true."],
    });
  }
  return {
    providers,
    handlers,
    publicUrl,
    autoAck,
    ack,
    ackDeadlineMs,
    limits: {
      bytes: limits?.bytes ?? DEFAULT_LIMITS.bytes,
      fields: limits?.fields ?? DEFAULT_LIMITS.fields,
      depth: limits?.depth ?? DEFAULT_LIMITS.depth,
    },
    inbox,
    // What nobody takes of an inbox in memory, nobody ever will; and who waits for handlers has to run them.
    work: work ?? (!inbox.durable || ack === 'handled' ? true : undefined),
    concurrency,
    leaseMs,
    retry,
    log,
    clock,
    owner: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
  };
}

const positiveInteger = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)));
const milliseconds = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_TIMER_MS)));
const method = v.function();
const optionalMethod = v.optional(method);
const HTTP_ADDRESS = /^https?:\/\/[^/?#\s]+(\/[^\s?#]*)?$/;

const RetrySchema = v.optional(v.strictObject({ attempts: positiveInteger, backoff: optionalMethod }));

const OptionsSchema = v.strictObject({
  ...v.entriesFromList(HANDLER_NAMES, optionalMethod),
  providers: v.optional(
    v.pipe(
      v.array(v.looseObject({ name: v.string(), definition: v.looseObject({}), options: v.looseObject({}) })),
      v.minLength(1),
    ),
  ),
  publicUrl: v.optional(v.union([v.pipe(v.string(), v.regex(HTTP_ADDRESS)), method])),
  autoAck: v.optional(v.boolean()),
  ack: v.optional(v.picklist(['recorded', 'handled'])),
  ackDeadlineMs: milliseconds,
  limits: v.optional(v.strictObject({ bytes: positiveInteger, fields: positiveInteger, depth: positiveInteger })),
  inbox: v.optional(v.looseObject({ record: method, take: method, close: method })),
  work: v.optional(v.boolean()),
  concurrency: positiveInteger,
  leaseMs: positiveInteger,
  retry: RetrySchema,
  allowUnauthenticated: v.optional(v.boolean()),
  log: v.optional(v.looseObject({ info: method, warn: method, error: method })),
  clock: optionalMethod,
});

function sentence(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path}: no such option.`;
  return `${path ?? 'options'}: expected ${issue.expected ?? 'another value'}.`;
}

function checkProviders(
  providers: readonly Provider[],
  allowUnauthenticated: boolean,
  environment: string | undefined,
  log: Logger,
): void {
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new CallStatusError('invalid_options', {
      issues: [`providers: ${twice} is there twice; give it a list of secrets instead.`],
    });
  }
  for (const { name, definition, options } of providers) {
    for (const option of [definition.secret, 'token']) {
      checkSecret(name, option, options as Readonly<Record<string, unknown>>);
    }
    const retry = v.safeParse(RetrySchema, options.retry);
    if (!retry.success) {
      throw new CallStatusError('invalid_options', {
        issues: retry.issues.map((issue) => `${name}.retry.${sentence(issue)}`),
      });
    }
  }
  const open = providers.filter(
    (provider) => signingSecret(provider) === undefined && provider.options.token === undefined,
  );
  const unproven = open.map(({ name }) => name).join(', ');
  const refused = open.find(({ options }) => !(options.allowUnauthenticated ?? allowUnauthenticated));
  if (refused !== undefined && environment === 'production')
    throw new CallStatusError('missing_secret', { provider: refused.name });
  if (open.length > 0)
    log.warn(
      { code: 'missing_secret', providers: unproven },
      `Callbacks of ${unproven} are not authenticated: anyone can forge them.`,
    );
}

/** A secret that is named but empty is a missing environment variable, and must not open the door. */
function checkSecret(provider: string, option: string | undefined, options: Readonly<Record<string, unknown>>): void {
  if (option === undefined || !Object.hasOwn(options, option)) return;
  const secret = options[option] as Secret | undefined;
  const texts = typeof secret === 'string' ? [secret] : secret;
  if (typeof texts === 'function') return;
  if (!Array.isArray(texts) || texts.length === 0 || texts.some((text) => typeof text !== 'string' || text === '')) {
    const issue = `${provider}.${option}: expected a secret, got none. Is its environment variable set?`;
    throw new CallStatusError('invalid_options', { provider, issues: [issue] });
  }
}

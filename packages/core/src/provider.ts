import type * as v from 'valibot';
import type { FieldTree } from './decode/fields.ts';
import type {
  Agent,
  AnsweredBy,
  CallError,
  CallStatus,
  Direction,
  Hangup,
  Leg,
  Line,
  MachineDetection,
  ProviderEvent,
  Quality,
  Recording,
  Sip,
} from './event.ts';
import type { Handlers } from './handlers.ts';
import type { Message } from './message.ts';
import type { CallbackRequest } from './request.ts';
import type { RetryOptions } from './retry.ts';

/** A value, or what waits for it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * A secret: one, several at a time (rotation: any of them is right), or a function of the request (tenants).
 * A function that returns `undefined` or an empty list refuses the callback.
 */
export type Secret =
  | string
  | readonly string[]
  | ((request: CallbackRequest) => MaybePromise<string | readonly string[] | undefined>);

/** What authenticating a message found. Anything but `genuine` refuses it. */
export type Verdict = 'genuine' | 'signature_missing' | 'signature_mismatch' | 'signature_expired' | 'body_consumed';

/**
 * What a provider's `normalize` returns: the parts of the event that the provider tells.
 * `undefined` is the same as absent; what is derived (`id`, `terminal`, `trust`, …) is added for it.
 */
export interface NormalForm {
  /** The provider's id of the call. */
  readonly callId: string;
  /** The provider's own status word; empty where it sent none. */
  readonly rawStatus: string;
  /** Only where the table `statuses` is not enough. */
  readonly status?: CallStatus | undefined;
  /** Who called whom. */
  readonly direction?: Direction | undefined;
  /** As sent. */
  readonly from?: string | undefined;
  /** As sent. */
  readonly to?: string | undefined;
  /** The name of the caller. */
  readonly callerName?: string | undefined;
  /** The number from which the call was forwarded, as sent. */
  readonly forwardedFrom?: string | undefined;
  /** The user's own end of the call. */
  readonly line?: Line | undefined;
  /** The provider's id of the user's account. */
  readonly account?: string | undefined;
  /** How well the caller's number was attested (STIR/SHAKEN), in the provider's word. */
  readonly stirVerstat?: string | undefined;
  /** When the call began, by the provider's clock: ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  /** When the call was answered, by the provider's clock: ISO 8601, UTC. */
  readonly answeredAt?: string | undefined;
  /** When it happened, by the provider's clock: ISO 8601, UTC. */
  readonly occurredAt?: string | undefined;
  /** The provider's count of the events of this call. */
  readonly sequence?: number | undefined;
  /** Seconds: of the conversation if the provider tells it, else of the call. */
  readonly durationSeconds?: number | undefined;
  /**
   * Whether the other party picked up. Absent: as the status says (`in-progress`: yes; `busy`, `no-answer`, `canceled`: no; else unknown).
   * `null`: this event cannot tell, whatever its status says.
   */
  readonly answered?: boolean | null | undefined;
  /** Who picked up. */
  readonly answeredBy?: AnsweredBy | undefined;
  /** What answering machine detection found. */
  readonly machineDetection?: MachineDetection | undefined;
  /** The agent to whom the call was connected. */
  readonly agent?: Agent | undefined;
  /** Who ended the call, and why. */
  readonly hangup?: Hangup | undefined;
  /** The call that made this one. */
  readonly parentCallId?: string | undefined;
  /** The recording of the call. */
  readonly recording?: Recording | undefined;
  /** The parties' parts of the call, in the provider's order. */
  readonly legs?: readonly Leg[] | undefined;
  /** The answer to the SIP INVITE. */
  readonly sip?: Sip | undefined;
  /** How the call sounded. */
  readonly quality?: Quality | undefined;
  /** What went wrong, in the provider's words. */
  readonly error?: CallError | undefined;
  /** What the user gave the provider to send back. */
  readonly custom?: string | undefined;
}

/** What time it is, in milliseconds since the epoch. */
export type Clock = () => number;

/** All that call-status knows of a provider. Give it to {@link defineProvider}. */
export interface ProviderDefinition<Name extends string, Fields, Options extends object, CallbackUrl> {
  /** In lower case; it is the event's `provider`. */
  readonly name: Name;
  /** How callbacks come. @default ['POST'] */
  readonly methods?: readonly ('POST' | 'GET')[];
  /** What a signature covers. `bytes` are verified before anything is parsed. */
  readonly signs: 'fields' | 'bytes' | 'nothing';
  /** The name of the option that holds the signing secret. Absent for a provider that cannot sign. */
  readonly secret?: Extract<keyof Options, string>;
  /**
   * The provider's own options beside the secret: for each a schema of valibot. They are checked by it, and left as they are.
   * What is stated neither here nor for every provider is refused, so that a misspelt option never goes unnoticed.
   * @default none
   */
  readonly options?: {
    readonly [Option in keyof NoInfer<Options>]?: v.GenericSchema<unknown, NoInfer<Options>[Option]>;
  };
  /** The provider's status words. A word that is not here becomes `unknown`, and is never refused. */
  readonly statuses: Readonly<Record<string, CallStatus>>;
  /**
   * Whether the message is this provider's call status callback beyond doubt. Strict: it decides alone where no provider is named.
   *
   * @param named The URL exists for this provider's callbacks alone. There it is asked only of a GET, which may be a visitor's,
   *   and need not be strict.
   */
  recognizes(message: Message, named?: boolean): boolean;
  /**
   * Whether the message is a call status at all, and not another message of the same provider, which is passed on to the application.
   * A text says that it is another one, and why, for the debug log.
   * @default every message is
   */
  isCallStatus?(fields: FieldTree): boolean | string;
  /** Verifies the signature with any of the secrets, in constant time. Needed unless `signs` is `nothing`. */
  authenticate?(message: Message, secrets: readonly string[], options: Options, now: number): Verdict;
  /** Requires the call id and the status, and lets everything else pass. */
  readonly schema: v.GenericSchema<unknown, Fields>;
  /** Makes the normal form of fields that fit the `schema`. */
  normalize(fields: Fields, options: Options): NormalForm;
  /**
   * What tells this event from the others of its call: the status, and whatever else differs between two events but not between
   * two deliveries of one. Made from what the provider signs.
   *
   * @param form what `normalize` made of the fields
   */
  eventKey(fields: Fields, form: NormalForm): string;
  /** Makes the parameters to send when a call is created. */
  readonly callbackUrl: CallbackUrl;
}

/** The options that every provider has, beside its own. */
export interface ProviderOptions<Event> extends Handlers<Event> {
  /** The secret in the callback URL (`?token=…`); `callbackUrl()` puts it there. Compared in constant time. */
  readonly token?: Secret;
  /**
   * Accepts callbacks that nothing proves, in production too. Their `trust` is `none`.
   * @default false
   */
  readonly allowUnauthenticated?: boolean;
  /** How failed handlers of this provider are retried, in place of the receiver's `retry`. */
  readonly retry?: RetryOptions;
}

/** A provider with its options: what `createCallStatus({ providers: [...] })` takes. */
export interface Provider<Name extends string = string, Fields = unknown> {
  readonly name: Name;
  // biome-ignore lint/suspicious/noExplicitAny: the definition's own types are checked where it is defined
  readonly definition: ProviderDefinition<any, any, any, unknown>;
  readonly options: ProviderOptions<never>;
  /** For the types alone: the events of this provider. */
  readonly '~event'?: ProviderEvent<Name, Fields>;
}

/** The events of a list of providers. */
export type EventOf<P extends Provider> = NonNullable<P['~event']>;

/** Makes a {@link Provider} out of options. */
export interface ProviderFactory<Name extends string, Fields, Options extends object, CallbackUrl> {
  (options?: Options & ProviderOptions<ProviderEvent<Name, Fields>>): Provider<Name, Fields>;
  readonly definition: ProviderDefinition<Name, Fields, Options, CallbackUrl>;
  /** Makes the parameters to send when a call is created. */
  readonly callbackUrl: CallbackUrl;
}

/**
 * Describes a provider. The built-in ones are made by it too.
 *
 * @example
 * ```ts
 * export const acme = defineProvider({
 *   name: 'acme',
 *   signs: 'nothing',
 *   statuses: { up: 'in-progress', down: 'completed' },
 *   schema: v.looseObject({ id: v.string(), state: v.string() }),
 *   recognizes: (message) => message.header('x-acme-event') === 'call',
 *   normalize: (fields) => ({ callId: fields.id, rawStatus: fields.state }),
 *   eventKey: (fields) => fields.state,
 *   callbackUrl: undefined,
 * });
 * createCallStatus({ providers: [acme({ token, onCompleted })] });
 * ```
 */
export function defineProvider<const Name extends string, Fields, Options extends object, CallbackUrl>(
  definition: ProviderDefinition<Name, Fields, Options, CallbackUrl>,
): ProviderFactory<Name, Fields, Options, CallbackUrl> {
  const factory = (options = {}): Provider<Name, Fields> => ({ name: definition.name, definition, options });
  return Object.assign(factory, { definition, callbackUrl: definition.callbackUrl });
}

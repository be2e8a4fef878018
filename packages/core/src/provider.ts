import { addingToken, type CallbackUrlFunction, type WithTokenOption } from './callback-url.ts';
import { checkDefinition } from './check-definition.ts';
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
import type { Decode, Message } from './message.ts';
import type { CallbackRequest } from './request.ts';
import type { RetryOptions } from './retry.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';

/** A value, or what waits for it. */
export type MaybePromise<T> = T | Promise<T>;

/** The secrets of one tenant. */
export interface TenantSecrets {
  /** Whose they are, in 1 to 64 characters. It is the event's `tenant`, and part of what tells calls apart. */
  readonly tenant: string;
  /** Any of them is right. An empty list refuses the callback. */
  readonly secrets: string | readonly string[];
}

/**
 * A secret: one; several at a time (rotation: any of them is right); a function without parameters that returns them; or a function of
 * the request, which has to say whose secrets they are, so that tenants cannot write into each other's calls.
 * A function that returns `undefined` or an empty list refuses the callback.
 *
 * @example
 * ```ts
 * signalwire({
 *   signingKey: async (request) => {
 *     const tenant = new URL(request.url, 'https://hooks.example.com').searchParams.get('tenant') ?? '';
 *     const secrets = await keysOf(tenant);
 *     return secrets && { tenant, secrets };
 *   },
 * });
 * ```
 */
export type Secret =
  | string
  | readonly string[]
  | (() => MaybePromise<string | readonly string[] | TenantSecrets | undefined>)
  | ((request: CallbackRequest) => MaybePromise<TenantSecrets | undefined>);

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

/** A schema for each of a provider's own options. A schema that accepts `undefined` makes its option one that may be left out. */
export type OptionSchemas = Readonly<Record<string, StandardSchema>>;

/** A provider's own options as users give them: the signing secret, and those of the `options` of its definition. */
export type OwnOptions<SecretName extends string, Schemas extends OptionSchemas> = {
  readonly [Name in Exclude<SecretName, keyof Schemas>]?: Secret;
} & {
  readonly [Name in keyof Schemas as undefined extends SchemaInput<Schemas[Name]> ? never : Name]: SchemaInput<
    Schemas[Name]
  >;
} & {
  readonly [Name in keyof Schemas as undefined extends SchemaInput<Schemas[Name]> ? Name : never]?: SchemaInput<
    Schemas[Name]
  >;
};

/** A provider's own options as the functions of its definition get them: as the schemas made them, with their defaults. */
export type ParsedOptions<SecretName extends string, Schemas extends OptionSchemas> = {
  readonly [Name in Exclude<SecretName, keyof Schemas>]?: Secret;
} & {
  readonly [Name in keyof Schemas as undefined extends SchemaOutput<Schemas[Name]> ? never : Name]: SchemaOutput<
    Schemas[Name]
  >;
} & {
  readonly [Name in keyof Schemas as undefined extends SchemaOutput<Schemas[Name]> ? Name : never]?: Exclude<
    SchemaOutput<Schemas[Name]>,
    undefined
  >;
};

/** All that call-status knows of a provider. Give it to {@link defineProvider}. */
export interface ProviderDefinition<
  Name extends string = string,
  Schema extends StandardSchema = StandardSchema,
  SecretName extends string = string,
  Options extends OptionSchemas = OptionSchemas,
  CallbackUrl = unknown,
> {
  /** In lower case: letters, digits, `-`, `_` and `.`. It is the event's `provider`. */
  readonly name: Name;
  /** How callbacks come. @default ['POST'] */
  readonly methods?: readonly ('POST' | 'GET')[];
  /** What a signature covers. `bytes` are verified before anything is parsed. */
  readonly signs: 'fields' | 'bytes' | 'nothing';
  /** The name of the option that holds the signing secret. Absent for a provider that cannot sign. */
  readonly secret?: SecretName;
  /**
   * The provider's own options beside the secret: for each a schema, of any library that implements Standard Schema. What is declared
   * neither here nor for every provider is refused, so that a misspelled option never goes unnoticed.
   * @default none
   */
  readonly options?: Options;
  /** The provider's status words. A word that is not here becomes `unknown`, and is never refused. */
  readonly statuses: Readonly<Record<string, CallStatus>>;
  /**
   * Whether the message is this provider's call status callback beyond doubt. Strict: it decides alone where no provider is named.
   *
   * @param named The URL exists for this provider's callbacks only. There it is asked only of a GET, which may be a visitor's,
   *   and need not be strict.
   */
  readonly recognizes: (message: Message, named?: boolean) => boolean;
  /**
   * Why a message that looks like this provider's callback is not recognized, in a sentence without values, for the debug log:
   * `CallSid is no UUID.` Asked only where debug lines are written.
   *
   * @param advice what makes recognizing unnecessary, for the end of the sentence: `name the provider`
   */
  readonly whyNot?: (message: Message, advice: string) => string | undefined;
  /**
   * Makes fields of a body that is neither form, multipart nor JSON, such as XML or a JWT: an object, which is then bounded and sanitized
   * like any other. `undefined` refuses the body as malformed. Only where the URL is for callbacks.
   * @default forms, multipart and JSON are decoded
   */
  readonly decode?: Decode;
  /**
   * Whether the message is a call status at all, and not another message of the same provider, which is passed on to the application.
   * A text says that it is another one, and why, for the debug log.
   * @default every message is
   */
  readonly isCallStatus?: (fields: FieldTree) => boolean | string;
  /**
   * Verifies the signature with any of the secrets, in constant time. Needed unless `signs` is `nothing`. May be asynchronous, as
   * WebCrypto and key sets are; what it throws is answered 503, so that the provider tries again.
   *
   * @param now milliseconds since the epoch
   */
  readonly authenticate?: (
    message: Message,
    secrets: readonly string[],
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
    now: number,
  ) => MaybePromise<Verdict>;
  /**
   * What would make a signature match that does not, as sentences of advice for the log. `undefined`: it cannot say. Called for refused
   * requests only, which anyone can send: keep it bounded.
   * @default the log names what is most often wrong
   */
  readonly diagnose?: (message: Message, secrets: readonly string[]) => readonly string[] | undefined;
  /** Requires the call id and the status, and lets everything else pass. Of any library that implements Standard Schema. */
  readonly schema: Schema;
  /** Makes the normal form of what the `schema` made. What it throws is answered 503, so that the provider tries again. */
  readonly normalize: (
    fields: SchemaOutput<Schema>,
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
  ) => NormalForm;
  /**
   * What tells this event from the others of its call: the status, and whatever else differs between two events but not between
   * two deliveries of one. Made from what the provider signs.
   *
   * @param form what `normalize` made of the fields
   */
  readonly eventKey: (fields: SchemaOutput<Schema>, form: NormalForm) => string;
  /**
   * Makes the parameters to send when a call is created, out of `url` and options of its own. The URL has its token by then.
   * @default none
   */
  readonly callbackUrl?: CallbackUrl;
}

/** A definition whose own types do not matter any more: they were checked where it was defined. */
export interface AnyProviderDefinition
  extends Omit<ProviderDefinition, 'authenticate' | 'normalize' | 'eventKey' | 'callbackUrl'> {
  readonly authenticate?: (
    message: Message,
    secrets: readonly string[],
    // biome-ignore lint/suspicious/noExplicitAny: see above
    options: any,
    now: number,
  ) => MaybePromise<Verdict>;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly normalize: (fields: any, options: any) => NormalForm;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly eventKey: (fields: any, form: NormalForm) => string;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly callbackUrl?: any;
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
  /** How long one handler may take for an event of this provider, in milliseconds, in place of the receiver's `handlerTimeoutMs`. */
  readonly handlerTimeoutMs?: number;
  /**
   * How many calls of this provider are handled at once.
   * @default as many as the receiver's `concurrency` leaves it
   */
  readonly concurrency?: number;
}

/** A provider with its options: what `createCallStatus({ providers: [...] })` takes. */
export interface Provider<Name extends string = string, Fields = unknown> {
  readonly name: Name;
  readonly definition: AnyProviderDefinition;
  readonly options: ProviderOptions<never>;
  /** For the types alone: the events of this provider. */
  readonly '~event'?: ProviderEvent<Name, Fields>;
}

/** The events of a list of providers. */
export type EventOf<P extends Provider> = NonNullable<P['~event']>;

/** Makes a {@link Provider} out of options. */
export interface ProviderFactory<Name extends string, Fields, Options extends object, CallbackUrl> {
  (...options: FactoryArguments<Options & ProviderOptions<ProviderEvent<Name, Fields>>>): Provider<Name, Fields>;
  readonly definition: AnyProviderDefinition & { readonly name: Name };
  /** Makes the parameters to send when a call is created. */
  readonly callbackUrl: CallbackUrl;
}

/** The options may be left out if none of them is required. */
export type FactoryArguments<Options extends object> =
  Partial<Options> extends Options ? readonly [options?: Options] : readonly [options: Options];

/**
 * Describes a provider. The built-in ones are made by it too. The types of options and fields follow from their schemas.
 *
 * @throws CallStatusError `invalid_options`, naming each part of the definition that cannot be right
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
 *   callbackUrl: ({ url }) => ({ webhook: url }),
 * });
 * acme.callbackUrl({ url: 'https://hooks.example.com/acme', token }); // { webhook: 'https://hooks.example.com/acme?token=…' }
 * createCallStatus({ providers: [acme({ token, onCompleted })] });
 * ```
 */
export function defineProvider<
  const Name extends string,
  // biome-ignore lint/suspicious/noExplicitAny: any schema will do
  Schema extends StandardSchema<any, any>,
  CallbackUrl extends CallbackUrlFunction | undefined,
  const SecretName extends string = never,
  Options extends OptionSchemas = Readonly<Record<never, never>>,
>(
  definition: ProviderDefinition<Name, Schema, SecretName, Options, CallbackUrl>,
): ProviderFactory<Name, SchemaInput<Schema>, OwnOptions<SecretName, Options>, WithTokenOption<CallbackUrl>> {
  checkDefinition(definition);
  const { name } = definition;
  const factory = (options = {}): Provider => ({ name, definition, options });
  const callbackUrl = addingToken(name, definition.callbackUrl);
  return Object.assign(factory, { definition, callbackUrl }) as never;
}

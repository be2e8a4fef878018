import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import type { CallStatus, ProviderEvent } from '../event.ts';
import type { Handlers } from '../handlers/handlers.ts';
import type { RetryOptions } from '../handlers/retry.ts';
import type { MaybePromise, Secret } from '../signing/secrets.ts';
import { addingToken, type CallbackParamsFunction, type WithToken } from './callback-params.ts';
import { checkDefinition } from './check-definition.ts';
import type { Decode, IncomingCallback } from './incoming-callback.ts';
import type { NormalForm } from './normal-form.ts';
import type { OptionSchemas, OwnOptions, ParsedOptions } from './provider-options.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';

/** What verifying a signature found. Anything but `valid` refuses the callback. */
export type Verdict = 'valid' | 'missing' | 'mismatch' | 'expired';

/** What a provider signs with. */
export interface Signing {
  /** The signing secret, as users give it to the provider. */
  readonly secret: string;
  /** The provider's time, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** All that call-status knows of a provider. Give it to {@link defineProvider}. */
export interface ProviderDefinition<
  Name extends string = string,
  Schema extends StandardSchema = StandardSchema,
  SecretName extends string = string,
  Options extends OptionSchemas = OptionSchemas,
  CallbackParams = unknown,
  CallbackAttributes = unknown,
> {
  /** In lower case: letters, digits, `-`, `_` and `.`. It is the event's `provider`. */
  readonly name: Name;
  /** How callbacks come. @default ['POST'] */
  readonly methods?: readonly ('POST' | 'GET')[];
  /** What a signature covers. `bytes` are verified before anything is parsed. */
  readonly signs: 'fields' | 'bytes' | 'nothing';
  /** The name of the option that holds the signing secret. Absent for a provider that cannot sign. */
  readonly secretOption?: SecretName;
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
  readonly recognizes: (callback: IncomingCallback, named?: boolean) => boolean;
  /**
   * Why a message that looks like this provider's callback is not recognized, in a sentence without values, for the debug log:
   * `CallSid is no UUID.` Asked only where debug lines are written.
   *
   * @param advice what makes recognizing unnecessary, for the end of the sentence: `name the provider`
   */
  readonly whyNot?: (callback: IncomingCallback, advice: string) => string | undefined;
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
    callback: IncomingCallback,
    secrets: readonly string[],
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
    now: number,
  ) => MaybePromise<Verdict>;
  /**
   * Signs a request as the provider does, so that `authenticate` finds it valid: for tests and tools. A receiver never calls it.
   * Returns a copy, with the signature in its headers or its URL.
   * @default only a token in the URL can prove a made callback
   */
  readonly sign?: (request: CallbackRequest, signing: Signing) => CallbackRequest;
  /**
   * What would make a signature match that does not, as sentences of advice for the log. `undefined`: it cannot say. Called for refused
   * requests only, which anyone can send: keep it bounded.
   * @default the log names what is most often wrong
   */
  readonly diagnose?: (callback: IncomingCallback, secrets: readonly string[]) => readonly string[] | undefined;
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
   * Makes the parameters to send when a call is created, out of `url` and options of its own. The URL already has its token.
   * @default none
   */
  readonly callbackParams?: CallbackParams;
  /**
   * Makes the same as attributes of the provider's XML.
   * @default none
   */
  readonly callbackAttributes?: CallbackAttributes;
}

/** A definition whose own types do not matter any more: they were checked where it was defined. */
export interface AnyProviderDefinition
  extends Omit<
    ProviderDefinition,
    'authenticate' | 'normalize' | 'eventKey' | 'callbackParams' | 'callbackAttributes'
  > {
  readonly authenticate?: (
    callback: IncomingCallback,
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
  readonly callbackParams?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly callbackAttributes?: any;
}

/** The options that every provider has, beside its own. */
export interface ProviderOptions<Event> extends Handlers<Event> {
  /** The secret in the callback URL (`?token=…`); `callbackParams()` puts it there. Compared in constant time. */
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
export interface ProviderFactory<
  Name extends string,
  Fields,
  Options extends object,
  CallbackParams = undefined,
  CallbackAttributes = undefined,
> {
  (...options: FactoryArguments<Options & ProviderOptions<ProviderEvent<Name, Fields>>>): Provider<Name, Fields>;
  readonly definition: AnyProviderDefinition & { readonly name: Name };
  /**
   * Makes the parameters to send when a call is created: they tell the provider where to call back. `undefined`: the provider has none.
   * @throws CallStatusError `invalid_options` when `url` or `token` cannot be right
   */
  readonly callbackParams: WithToken<CallbackParams>;
  /**
   * Makes the same as attributes of the provider's XML. `undefined`: the provider has none.
   * @throws CallStatusError `invalid_options` when `url` or `token` cannot be right
   */
  readonly callbackAttributes: WithToken<CallbackAttributes>;
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
 * import { createCallStatus } from '@call-status/core';
 * import { defineProvider } from '@call-status/core/provider';
 * import * as v from 'valibot';
 *
 * export const acme = defineProvider({
 *   name: 'acme',
 *   signs: 'nothing',
 *   statuses: { up: 'in-progress', down: 'completed' },
 *   schema: v.looseObject({ id: v.string(), state: v.string() }),
 *   recognizes: (callback) => callback.header('x-acme-event') === 'call',
 *   normalize: (fields) => ({ callId: fields.id, rawStatus: fields.state }),
 *   eventKey: (fields) => fields.state,
 *   callbackParams: ({ url }) => ({ webhook: url }),
 * });
 *
 * const token = process.env.ACME_TOKEN!;
 * acme.callbackParams({ url: 'https://hooks.example.com/acme', token }); // { webhook: 'https://hooks.example.com/acme?token=…' }
 * createCallStatus({ providers: [acme({ token, onCompleted: (event) => console.log(event.callId) })] });
 * ```
 */
export function defineProvider<
  const Name extends string,
  // biome-ignore lint/suspicious/noExplicitAny: any schema will do
  Schema extends StandardSchema<any, any>,
  CallbackParams extends CallbackParamsFunction | undefined,
  CallbackAttributes extends CallbackParamsFunction | undefined,
  const SecretName extends string = never,
  Options extends OptionSchemas = Readonly<Record<never, never>>,
>(
  definition: ProviderDefinition<Name, Schema, SecretName, Options, CallbackParams, CallbackAttributes>,
): ProviderFactory<Name, SchemaInput<Schema>, OwnOptions<SecretName, Options>, CallbackParams, CallbackAttributes> {
  checkDefinition(definition);
  const { name } = definition;
  const factory = (options = {}): Provider => ({ name, definition, options });
  const callbackParams = addingToken(`${name}.callbackParams`, definition.callbackParams);
  const callbackAttributes = addingToken(`${name}.callbackAttributes`, definition.callbackAttributes);
  return Object.assign(factory, { definition, callbackParams, callbackAttributes }) as never;
}

import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import type { CallStatus, ProviderEvent } from '../event.ts';
import type { Handlers } from '../handlers.ts';
import type { RetryOptions } from '../retry.ts';
import type { MaybePromise, Secret } from '../signing/secrets.ts';
import { addingToken, type CallbackParamsFunction, type WithToken } from './callback-params.ts';
import { checkDefinition } from './check-definition.ts';
import type { Decode, IncomingCallback } from './incoming-callback.ts';
import type { NormalForm } from './normal-form.ts';
import type { OptionSchemas, OwnOptions, ParsedOptions } from './provider-options.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';

/** The result of verifying a signature. Anything but `valid` rejects the callback. */
export type Verdict = 'valid' | 'missing' | 'mismatch' | 'expired';

/** The input for signing a request. */
export interface Signing {
  /** The signing secret, as users give it to the provider. */
  readonly secret: string;
  /** The provider's time, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Everything that call-status knows about a provider. Pass it to {@link defineProvider}. */
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
  /** The HTTP methods of callbacks. @default ['POST'] */
  readonly methods?: readonly ('POST' | 'GET')[];
  /** What a signature covers. `bytes` are verified before anything is parsed. */
  readonly signs: 'fields' | 'bytes' | 'nothing';
  /** The name of the option that holds the signing secret. Absent for a provider that cannot sign. */
  readonly secretOption?: SecretName;
  /**
   * The provider's own options besides the secret: a schema for each, from any library that implements Standard Schema. Undeclared options
   * are rejected, so that a misspelled option never goes unnoticed.
   * @default none
   */
  readonly options?: Options;
  /** The provider's status words. A word that is missing here becomes `unknown`; it is never rejected. */
  readonly statuses: Readonly<Record<string, CallStatus>>;
  /**
   * Whether the request is beyond doubt this provider's call status callback. Be strict: on a URL of several providers, only it decides.
   *
   * @param named Whether the URL is only for this provider's callbacks. Then it is called only for a GET, which may come from a browser,
   * and need not be strict.
   */
  readonly recognizes: (callback: IncomingCallback, named?: boolean) => boolean;
  /**
   * Why a request that looks like this provider's callback is not recognized, in a sentence without values, for the debug log: `CallSid is
   * not a UUID.` Called only if debug lines are written.
   *
   * @param advice how to avoid the need for recognition, for the end of the sentence: `name the provider`
   */
  readonly whyNot?: (callback: IncomingCallback, advice: string) => string | undefined;
  /**
   * Decodes a body that is not form, multipart or JSON, such as XML or a JWT, into an object of fields, which is then limited and sanitized
   * like any other. `undefined` rejects the body as malformed. Called only if the URL is only for callbacks.
   * @default forms, multipart and JSON are decoded
   */
  readonly decode?: Decode;
  /**
   * Whether the request is a call status callback. Another message of the same provider is passed on to the application. Return a string
   * instead of `false` to explain why in the debug log.
   * @default every message is
   */
  readonly isCallStatus?: (fields: FieldTree) => boolean | string;
  /**
   * Verifies the signature with any of the secrets, in constant time. Needed unless `signs` is `nothing`. May be asynchronous, for
   * WebCrypto or key sets; if it throws, the answer is 503, so that the provider retries.
   *
   * @param nowMs milliseconds since the epoch
   */
  readonly authenticate?: (
    callback: IncomingCallback,
    secrets: readonly string[],
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
    nowMs: number,
  ) => MaybePromise<Verdict>;
  /**
   * Signs a request as the provider does, so that `authenticate` accepts it: for tests and tools. A receiver never calls it. Returns a copy
   * with the signature in its headers or URL.
   * @default callbacks made for tests can only be proved by a token in the URL
   */
  readonly sign?: (request: CallbackRequest, signing: Signing) => CallbackRequest;
  /**
   * What would make a mismatching signature match, as sentences of advice for the log; `undefined` if unknown. Called only for rejected
   * requests, which anyone can send: keep its cost bounded.
   * @default the log names the most common causes
   */
  readonly diagnose?: (callback: IncomingCallback, secrets: readonly string[]) => readonly string[] | undefined;
  /** Requires the call id and the status, and accepts everything else. From any library that implements Standard Schema. */
  readonly schema: Schema;
  /** Converts the output of `schema` into the normal form. If it throws, the answer is 503, so that the provider retries. */
  readonly normalize: (
    fields: SchemaOutput<Schema>,
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
  ) => NormalForm;
  /**
   * Distinguishes this event from the others of its call: the status, and whatever else differs between events but not between deliveries
   * of the same event. Derive it only from what the provider signs.
   *
   * @param form the result of `normalize`
   */
  readonly eventKey: (fields: SchemaOutput<Schema>, form: NormalForm) => string;
  /**
   * Returns the parameters to send when creating a call, from `url` and its own options. The URL already has the token.
   * @default none
   */
  readonly callbackParams?: CallbackParams;
  /**
   * Returns the same as attributes of the provider's XML.
   * @default none
   */
  readonly callbackAttributes?: CallbackAttributes;
}

/** A definition without its specific types, which were checked where it was defined. */
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
    nowMs: number,
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

/** The options that every provider has, besides its own. */
export interface ProviderOptions<Event> extends Handlers<Event> {
  /** The secret in the callback URL (`?token=…`); `callbackParams()` puts it there. Compared in constant time. */
  readonly token?: Secret;
  /**
   * Accepts unauthenticated callbacks, in production too. Their `trust` is `none`.
   * @default false
   */
  readonly allowUnauthenticated?: boolean;
  /** How failed handlers of this provider are retried, instead of the receiver's `retry`. */
  readonly retry?: RetryOptions;
  /** How long one handler may take for an event of this provider, in milliseconds, instead of the receiver's `handlerTimeoutMs`. */
  readonly handlerTimeoutMs?: number;
  /**
   * How many calls of this provider are handled at once.
   * @default as many as the receiver's `concurrency` allows
   */
  readonly concurrency?: number;
}

/** A provider with its options: what `createCallStatus({ providers: [...] })` takes. */
export interface Provider<Name extends string = string, Fields = unknown> {
  readonly name: Name;
  readonly definition: AnyProviderDefinition;
  readonly options: ProviderOptions<never>;
  /** Only for the types: the events of this provider. */
  readonly '~event'?: ProviderEvent<Name, Fields>;
}

/** The events of a list of providers. */
export type EventOf<P extends Provider> = NonNullable<P['~event']>;

/** Creates a {@link Provider} from options. */
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
   * Returns the parameters to send when creating a call, which tell the provider where to call back. `undefined` if the provider has none.
   * @throws CallStatusError `invalid_options` when `url` or `token` is invalid
   */
  readonly callbackParams: WithToken<CallbackParams>;
  /**
   * The same as attributes of the provider's XML. `undefined` if the provider has none.
   * @throws CallStatusError `invalid_options` when `url` or `token` is invalid
   */
  readonly callbackAttributes: WithToken<CallbackAttributes>;
}

/** The options may be omitted if none of them is required. */
export type FactoryArguments<Options extends object> =
  Partial<Options> extends Options ? readonly [options?: Options] : readonly [options: Options];

/**
 * Defines a provider; the built-in ones use it too. The types of options and fields are inferred from their schemas.
 *
 * @throws CallStatusError `invalid_options`, naming each invalid part of the definition
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

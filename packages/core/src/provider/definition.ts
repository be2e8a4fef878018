import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import type { CallStatus } from '../event.ts';
import type { MaybePromise } from '../signing/secrets.ts';
import type { ApiOf } from './api-option.ts';
import type { Clue } from './clue.ts';
import type { FetchCall } from './fetch-call.ts';
import type { Decode, IncomingCallback } from './incoming-callback.ts';
import type { NormalForm } from './normal-form.ts';
import type { OptionSchemas, ParsedOptions } from './provider-options.ts';
import type { SchemaOutput, StandardSchema } from './standard-schema.ts';

/** The result of verifying a signature or credentials. Anything but `valid` rejects the callback. */
export type Verdict = 'valid' | 'missing' | 'mismatch' | 'expired';

/** The input for signing a request. */
export interface Signing {
  /** The signing secret, as users give it to the provider; for a pair of keys, any text from which the private key is derived. */
  readonly secret: string;
  /** The provider's time, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Everything that call-status knows about a provider. Pass it to `defineProvider`. */
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
  /**
   * What a signature covers. `bytes` are verified before anything is parsed. `nothing`: there is no signature, but there may be credentials,
   * such as a password or a bearer token; `authenticate` verifies them, and they prove as much as a token in the URL.
   */
  readonly signs: 'fields' | 'bytes' | 'nothing';
  /** The name of the option that holds the signing secret or the credentials. Absent for a provider that has neither. */
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
   * The provider's words for why a call ended, where they say more than its status words: `{ 'user-busy': 'busy', 'error-*': 'failed' }`.
   * Found by the cause of `hangup`: by the whole word, else by its beginning where one ends in `*`.
   * @default the status word decides
   */
  readonly causes?: Readonly<Record<string, CallStatus>>;
  /**
   * Fields at the top level: every callback that `recognizes` accepts has at least one, such as the call id. On a URL of several providers,
   * `recognizes` is not asked about a request without any. Not used with `decode`.
   * @default `recognizes` is asked about every request
   */
  readonly recognizedBy?: readonly string[];
  /**
   * Whether the request is beyond doubt this provider's call status callback. Be strict: on a URL of several providers, only it decides.
   *
   * @param named Whether the URL is only for this provider's callbacks. Then it is called only for a GET, which may come from a browser.
   * Be lax: what is not recognized is passed on without being verified. Any message with an id of the provider or a signature is recognized.
   * @param options the provider's options
   */
  readonly recognizes: (
    callback: IncomingCallback,
    named: boolean | undefined,
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
  ) => boolean;
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
   *
   * @param options the provider's options
   * @default every message is
   */
  readonly isCallStatus?: (
    fields: FieldTree,
    options: ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>,
  ) => boolean | string;
  /**
   * Verifies the signature or the credentials with any of the secrets, in constant time. Needed if there is a `secretOption`. May be
   * asynchronous, for WebCrypto or key sets; if it throws, the answer is 503, so that the provider retries.
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
   * Signs a request as the provider does, or adds the credentials, so that `authenticate` accepts it: for tests and tools. A receiver never calls it. Returns a copy
   * with the proof in its headers or URL.
   * @default callbacks made for tests can only be proved by a token in the URL
   */
  readonly sign?: (request: CallbackRequest, signing: Signing) => CallbackRequest;
  /**
   * The public key that verifies what `sign` makes with `secret`, as users give it to the provider: for providers that sign with a private
   * key, which only they have.
   * @default `sign` takes what users give to the provider
   */
  readonly publicKeyOf?: (secret: string) => string;
  /**
   * What only the provider knows of a request whose proof does not match, such as an id in place of the secret; `undefined` if nothing. What
   * can be tried by changing the request needs no code here: `diagnose` tries it with `authenticate`. Called only for rejected requests, which
   * anyone can send: keep its cost bounded.
   * @default none
   */
  readonly diagnose?: (callback: IncomingCallback, secrets: readonly string[]) => readonly Clue[] | undefined;
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
   * How the provider's API is asked for calls whose callbacks are missing. Needs an option `api`, declared with `apiOption`.
   * @default the provider cannot be asked
   */
  readonly fetchCall?: FetchCall<ApiOf<NoInfer<Options>>, ParsedOptions<NoInfer<SecretName>, NoInfer<Options>>>;
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
    | 'recognizes'
    | 'isCallStatus'
    | 'authenticate'
    | 'normalize'
    | 'eventKey'
    | 'fetchCall'
    | 'callbackParams'
    | 'callbackAttributes'
  > {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly recognizes: (callback: IncomingCallback, named?: boolean, options?: any) => boolean;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly isCallStatus?: (fields: FieldTree, options?: any) => boolean | string;
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
  readonly fetchCall?: FetchCall<any, any>;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly callbackParams?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly callbackAttributes?: any;
}

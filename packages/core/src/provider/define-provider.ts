import type { ProviderEvent } from '../event.ts';
import type { Handlers } from '../handlers.ts';
import type { RetryOptions } from '../retry.ts';
import type { Secret } from '../signing/secrets.ts';
import { addingToken, type CallbackParamsFunction, type WithToken } from './callback-params.ts';
import { checkDefinition } from './check-definition.ts';
import type { AnyProviderDefinition, ProviderDefinition } from './definition.ts';
import type { OptionSchemas, OwnOptions } from './provider-options.ts';
import type { SchemaInput, StandardSchema } from './standard-schema.ts';

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

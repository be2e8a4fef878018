import type { CallbackRequest } from '../callback-request.ts';
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
 * import { signalwire } from '@call-status/core';
 *
 * const keys: Record<string, string> = { acme: 'PSK…' };
 *
 * signalwire({
 *   signingKey: (request) => {
 *     const tenant = new URL(request.url, 'https://hooks.example.com').searchParams.get('tenant') ?? '';
 *     return Object.hasOwn(keys, tenant) ? { tenant, secrets: keys[tenant]! } : undefined;
 *   },
 * });
 * ```
 */
export type Secret =
  | string
  | readonly string[]
  | (() => MaybePromise<string | readonly string[] | TenantSecrets | undefined>)
  | ((request: CallbackRequest) => MaybePromise<TenantSecrets | undefined>);

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

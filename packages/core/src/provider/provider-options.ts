import type { Secret } from '../signing/secrets.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';

/** A schema for each of a provider's own options. A schema that accepts `undefined` makes its option optional. */
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

/** A provider's own options as its definition's functions receive them: parsed by the schemas, with defaults. */
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

import type { Secret } from '../signing/secrets.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';

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

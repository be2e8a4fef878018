/** For authors of providers: what the built-in ones are made of. */
export { equal } from './authenticate/equal.ts';
export { type HmacAlgorithm, hmac } from './authenticate/hmac.ts';
export { withToken } from './authenticate/with-token.ts';
export type { CallbackTarget, CallbackUrlFunction, TokenOption, WithTokenOption } from './callback-url.ts';
export { createMessage, type MessageInit, type MessageOptions } from './create-message.ts';
export type { ContentType } from './decode/content-type.ts';
export type { FieldRecord, FieldTree } from './decode/fields.ts';
export type { FlatFields } from './decode/flat-fields.ts';
export { CallStatusError } from './errors.ts';
export type { Decode, Message } from './message.ts';
export {
  type AnyProviderDefinition,
  defineProvider,
  type FactoryArguments,
  type MaybePromise,
  type NormalForm,
  type OptionSchemas,
  type OwnOptions,
  type ParsedOptions,
  type Provider,
  type ProviderDefinition,
  type ProviderFactory,
  type ProviderOptions,
  type Secret,
  type TenantSecrets,
  type Verdict,
} from './provider.ts';
export { contentKey, eventKey } from './providers/event-key.ts';
export { LAML_STATUSES, type LamlFields, lamlForm } from './providers/laml.ts';
export { isCertainLamlCallStatus, isLamlCallStatus } from './providers/laml-messages.ts';
export {
  answeredBy,
  count,
  direction,
  fieldsOf,
  hasValue,
  id,
  number,
  phone,
  present,
  sipCode,
  span,
  text,
  within,
  word,
} from './providers/lenient.ts';
export { time } from './providers/time.ts';
export {
  callSchema,
  option,
  required,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
  type StandardSchemaProps,
} from './standard-schema.ts';
export { statusOf } from './status-of.ts';

import '../require-node.ts';

/** For authors of providers: what the built-in ones are made of. */

export type { ContentType } from '../decode/content-type.ts';
export type { FieldPairs } from '../decode/field-pairs.ts';
export type { FieldRecord, FieldTree } from '../decode/fields.ts';
export { CallStatusError } from '../errors.ts';
export { equal } from '../signing/equal.ts';
export { type HmacAlgorithm, hmac } from '../signing/hmac.ts';
export { withToken } from '../signing/with-token.ts';
export type { CallbackParamsFunction, CallbackTarget, TokenOption, WithTokenOption } from './callback-params.ts';
export { type CallbackInit, type CreateCallbackOptions, createCallback } from './create-callback.ts';
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
  type Signing,
  type TenantSecrets,
  type Verdict,
} from './define-provider.ts';
export { contentKey, eventKey } from './event-key.ts';
export type { Decode, IncomingCallback } from './incoming-callback.ts';
export { LAML_STATUSES, type LamlFields, lamlForm } from './laml/laml.ts';
export { isCertainLamlCallStatus, isLamlCallStatus } from './laml/messages.ts';
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
export { time } from './time.ts';
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
} from './values.ts';

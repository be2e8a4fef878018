import '../require-node.ts';

/** For authors of providers: the building blocks of the built-in ones. */

export type { CallbackRequest } from '../callback-request.ts';
export type { ContentType } from '../decode/content-type.ts';
export type { FieldPairs } from '../decode/field-pairs.ts';
export { DEFAULT_LIMITS, type FieldRecord, type FieldTree } from '../decode/fields.ts';
export type { ErrorRow } from '../error-codes.ts';
export { CallStatusError, type ErrorDetails, type Severity } from '../errors.ts';
export type {
  Agent,
  AnsweredBy,
  CallDetails,
  CallError,
  CallStatus,
  CallStatusEventBase,
  Direction,
  Hangup,
  Leg,
  Line,
  MachineDetection,
  ProviderEvent,
  ProviderFields,
  Quality,
  Recording,
  Sip,
} from '../event.ts';
export type { WithStatus } from '../handlers.ts';
export type { OptionRule, OptionRules } from '../rules/check-options.ts';
export type { PublicUrl } from '../signing/called-url.ts';
export { equal } from '../signing/equal.ts';
export { type HmacAlgorithm, hmac } from '../signing/hmac.ts';
export type { MaybePromise, Secret, TenantSecrets } from '../signing/secrets.ts';
export { withToken } from '../signing/with-token.ts';
export { type ApiOf, type ApiOption, apiOption, CREDENTIAL, type WithUrl } from './api-option.ts';
export { basic } from './basic.ts';
export type { CallbackParamsFunction, CallbackTarget, TokenOption, WithToken } from './callback-params.ts';
export type { Clue, RuleName } from './clue.ts';
export { type CallbackInit, type CreateCallbackOptions, createCallback } from './create-callback.ts';
export {
  defineProvider,
  type EventOf,
  type FactoryArguments,
  type Provider,
  type ProviderFactory,
  type ProviderOptions,
} from './define-provider.ts';
export type { AnyProviderDefinition, ProviderDefinition, Signing, Verdict } from './definition.ts';
export { contentKey, eventKey } from './event-key.ts';
export type { Answer, FetchCall, FetchRequest, FoundCall } from './fetch-call.ts';
export type { Decode, IncomingCallback } from './incoming-callback.ts';
export { LAML_STATUSES, type LamlFields, lamlForm } from './laml/laml.ts';
export { isCertainLamlCallStatus, isLamlCallStatus } from './laml/messages.ts';
export { answeredByLegs } from './legs.ts';
export type { NormalForm } from './normal-form.ts';
export type { OptionSchemas, OwnOptions, ParsedOptions } from './provider-options.ts';
export {
  callSchema,
  chosenSchema,
  option,
  required,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
  type StandardSchemaProps,
} from './standard-schema.ts';
export { isZone, time, type Zone } from './time.ts';
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
  statusOf,
  text,
  within,
  word,
} from './values.ts';

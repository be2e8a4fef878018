import { format } from 'node:util';
import { loggableWord } from '../text/redact.ts';
import { atOnce } from './at-once.ts';
import { id, isStatus } from './values.ts';

/**
 * A schema of any library that implements [Standard Schema](https://standardschema.dev), version 1: valibot, zod, arktype and others.
 * `Input` is what it accepts, `Output` what it makes of that.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** The interface that all these libraries share. */
  readonly '~standard': StandardSchemaProps<Input, Output>;
}

/** The properties of a {@link StandardSchema}. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  /** The version of the interface. */
  readonly version: 1;
  /** The name of the library. */
  readonly vendor: string;
  /** Validates a value. The result must not be a promise. */
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  /** For the types only. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** The value, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** In words. Libraries often quote the value here. */
  readonly message: string;
  /** Where, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema accepts. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input'];

/** What a schema makes of it. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];

/** Whether something is a schema. */
export function isSchema(value: unknown): value is StandardSchema {
  // In some libraries, schemas are functions.
  const { '~standard': standard } = Object(value) as { readonly '~standard'?: { readonly validate?: unknown } };
  return typeof standard?.validate === 'function';
}

/**
 * Validates a value synchronously.
 *
 * @param what the schema's name, for the error
 * @throws TypeError when the schema is asynchronous; and whatever the schema throws
 */
export function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  what: string,
): SchemaResult<Output> {
  return atOnce(schema['~standard'].validate(value), what) as SchemaResult<Output>;
}

/** The vendor of the schemas below, whose messages quote no value. */
const OURS = 'call-status';

/**
 * A schema for an option of your provider: a check, and a description for the error. `undefined` always passes, so the option may be
 * omitted.
 *
 * @param expected a description that completes "expected …": `hours and minutes, such as +05:30`
 * @param fits whether a value is valid
 * @example
 * ```ts
 * import { option } from '@call-status/core/provider';
 *
 * const options = { region: option<string>('a region, such as eu', (value) => typeof value === 'string') };
 * ```
 */
export function option<Value>(expected: string, fits: (value: unknown) => boolean): StandardSchema<Value | undefined> {
  const refused = { issues: [{ message: `expected ${expected}.` }] };
  return schemaOf((value) => (value === undefined || fits(value) ? { value: value as Value | undefined } : refused));
}

/**
 * A schema that requires some fields of a callback to be non-empty strings. It returns all fields unchanged, which is much faster than the
 * copies that libraries make.
 *
 * @param paths the names of the required fields; dots lead into objects: `message.call.id`
 * @example
 * ```ts
 * import { required } from '@call-status/core/provider';
 *
 * const schema = required<{ readonly id: string; readonly state: string }>('id', 'state');
 * ```
 */
export function required<Fields>(...paths: readonly [string, ...string[]]): StandardSchema<Fields> {
  const steps = paths.map((path) => path.split('.'));
  return schemaOf((value) => {
    let issues: SchemaIssue[] | undefined;
    for (const path of steps) {
      const found = valueAt(value, path);
      if (typeof found === 'string' && found !== '') continue;
      issues ??= [];
      issues.push({ path, message: found === undefined ? 'missing.' : 'expected a non-empty string.' });
    }
    return issues === undefined ? { value: value as Fields } : { issues };
  });
}

/**
 * A schema for the fields of a call status callback. The call id must be a non-empty string. The status must be present; it may be empty,
 * which means unknown. Returns all fields unchanged.
 *
 * @param idPath where the call id is; dots lead into objects: `message.call.id`
 * @param statusPath where the status is
 * @example
 * ```ts
 * import { callSchema } from '@call-status/core/provider';
 *
 * const schema = callSchema<{ readonly id: string; readonly state: string }>('id', 'state');
 * ```
 */
export function callSchema<Fields>(idPath: string, statusPath: string): StandardSchema<Fields> {
  const [toId, toStatus] = [idPath.split('.'), statusPath.split('.')];
  return schemaOf((value) => {
    const issues: SchemaIssue[] = [];
    const found = valueAt(value, toId);
    if (id(found) === undefined) {
      issues.push({ path: toId, message: found === undefined ? 'missing.' : 'expected a non-empty string.' });
    }
    const status = valueAt(value, toStatus);
    if (!isStatus(status)) {
      issues.push({ path: toStatus, message: status === undefined ? 'missing.' : 'expected one status.' });
    }
    return issues.length === 0 ? { value: value as Fields } : { issues };
  });
}

/**
 * A schema for a provider whose callbacks have several shapes.
 *
 * @param choose the schema for a value, which may be anything
 * @example
 * ```ts
 * import { callSchema, chosenSchema } from '@call-status/core/provider';
 *
 * const schema = chosenSchema((value) => (Object.hasOwn(Object(value), 'call') ? callSchema('call.id', 'state') : callSchema('id', 'state')));
 * ```
 */
export function chosenSchema<Fields>(choose: (value: unknown) => StandardSchema<Fields>): StandardSchema<Fields> {
  return schemaOf((value) => choose(value)['~standard'].validate(value) as SchemaResult<Fields>);
}

/** A schema whose messages quote no value. */
export function schemaOf<Value>(check: (value: unknown) => SchemaResult<Value>): StandardSchema<Value> {
  return { '~standard': { version: 1, vendor: OURS, validate: check } };
}

/**
 * The path and a sentence for each issue in a callback's fields. The libraries' own messages are not used: they quote values, which may be
 * phone numbers.
 */
export function issuesOfFields(schema: StandardSchema, issues: readonly SchemaIssue[], fields: unknown): string[] {
  const isOurs = schema['~standard'].vendor === OURS;
  return issues.map((issue) => {
    const path = pathOf(issue);
    // A record schema reports names that the client chose.
    const where = path.map((step) => loggableWord(String(step))).join('.');
    return `${where || 'body'}: ${isOurs ? issue.message : plainly(issue, valueAt(fields, path))}`;
  });
}

/**
 * The path and a sentence for each issue in an option, in the schema's words unless they quote the value, which may be a secret.
 *
 * @param where the name of the option
 */
export function issuesOfOption(
  schema: StandardSchema,
  issues: readonly SchemaIssue[],
  given: unknown,
  where: string,
): string[] {
  const isOurs = schema['~standard'].vendor === OURS;
  return issues.map((issue) => {
    const path = pathOf(issue);
    const value = valueAt(given, path);
    const isQuoted = !isOurs && isQuotedIn(issue.message, value);
    return `\`${[where, ...path.map(String)].join('.')}\`: ${isQuoted ? plainly(issue, value) : issue.message}`;
  });
}

/** For an object, libraries quote the kind. */
function isQuotedIn(message: string, value: unknown): boolean {
  return typeof value !== 'object' && message.includes(format('%s', value));
}

function pathOf({ path = [] }: SchemaIssue): PropertyKey[] {
  return path.map((step) => (typeof step === 'object' ? step.key : step));
}

/** Several libraries describe the requirement in `expected`. */
function plainly(issue: SchemaIssue, value: unknown): string {
  const { expected } = issue as { readonly expected?: unknown };
  if (value === undefined) return 'missing.';
  if (value === '') return 'expected a non-empty string.';
  return typeof expected === 'string' ? `expected ${expected}.` : 'expected another value.';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return found;
}

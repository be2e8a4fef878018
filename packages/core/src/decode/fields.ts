import { CallStatusError } from '../errors.ts';

/** Names and values as sent; a repeated name has all its values, in order. */
export type FieldRecord = Readonly<Record<string, string | readonly string[]>>;

/** The one tree that form, multipart, JSON and query give. `Legs[0][Status]` has become an array of objects. */
export type FieldTree = Readonly<Record<string, unknown>>;

/** Whether a name could reach a prototype. Such names are dropped from every tree of fields. */
export function isForbidden(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** Limits on what is decoded; a request that exceeds one is answered with 413. */
export interface Limits {
  /**
   * Bytes of the body.
   * @default 65536
   */
  readonly bytes: number;
  /**
   * Fields of a form, parts of a multipart body, parameters of a query. The values of JSON are bounded by `bytes`.
   * @default 1000
   */
  readonly fields: number;
  /**
   * Levels of nesting.
   * @default 16
   */
  readonly depth: number;
}

/** The default {@link Limits}. */
export const DEFAULT_LIMITS: Limits = { bytes: 65_536, fields: 1000, depth: 16 };

/** The error for a body with more bytes than the limit. */
export function tooManyBytes(limit: number): CallStatusError {
  return over('bytes', `The body has more than ${limit} bytes.`);
}

/** The error for more fields, parts or values than the limit. */
export function tooManyFields({ fields }: Limits, what: string): CallStatusError {
  return over('fields', `It has more than ${fields} ${what}.`);
}

/** The most values that JSON of so many bytes can have: each takes two, with what separates it from the next. */
export function mostValues({ bytes }: Limits): number {
  return Math.floor(bytes / 2);
}

/** The error for more values than JSON within the limit can have. */
export function tooManyValues(limits: Limits): CallStatusError {
  return over('bytes', `It has more than ${mostValues(limits)} values.`);
}

/** The error for nesting deeper than the limit. */
export function tooDeep({ depth }: Limits): CallStatusError {
  return over('depth', `It nests deeper than ${depth} levels.`);
}

function over(name: keyof Limits, fact: string): CallStatusError {
  return new CallStatusError('body_too_large', {
    hint: `${fact} If the provider really sends this much, raise limits.${name}.`,
  });
}

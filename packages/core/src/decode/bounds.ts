import { CallStatusError } from '../errors.ts';
import type { Limits } from './fields.ts';

/** The error for a body with more bytes than the limit allows. */
export function tooManyBytes(limit: number): CallStatusError {
  return over('bytes', `The body has more than ${limit} bytes.`);
}

/** The error for more fields, parts or values than the limits allow. */
export function tooManyFields({ fields }: Limits, what: string): CallStatusError {
  return over('fields', `It has more than ${fields} ${what}.`);
}

/** The error for deeper nesting than the limits allow. */
export function tooDeep({ depth }: Limits): CallStatusError {
  return over('depth', `It nests deeper than ${depth} levels.`);
}

function over(name: keyof Limits, fact: string): CallStatusError {
  return new CallStatusError('body_too_large', {
    hint: `${fact} If the provider really sends that, raise limits.${name}.`,
  });
}

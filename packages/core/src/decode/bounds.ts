import { CallStatusError } from '../errors.ts';
import type { Limits } from './fields.ts';

/** The error for more fields, parts or values than the limits allow. */
export function tooManyFields(limits: Limits): CallStatusError {
  return new CallStatusError('body_too_large', {
    hint: `It has more than ${limits.fields} fields: see limits.fields.`,
  });
}

/** The error for deeper nesting than the limits allow. */
export function tooDeep(limits: Limits): CallStatusError {
  return new CallStatusError('body_too_large', {
    hint: `It nests deeper than ${limits.depth} levels: see limits.depth.`,
  });
}

import { CallStatusError } from '../errors.ts';
import type { FieldTree, Limits } from './fields.ts';
import { scrub } from './scrub.ts';

/**
 * Makes a tree of fields out of a body that a parser took apart, ours or another: an object, within the limits, without forbidden names.
 * The parsed body itself is never changed.
 * @throws CallStatusError `malformed_body`, `body_too_large`
 */
export function sanitize(parsed: unknown, limits: Limits): FieldTree {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || ArrayBuffer.isView(parsed)) {
    throw new CallStatusError('malformed_body', { reason: 'It is not an object of fields.' });
  }
  return scrub(parsed as FieldTree, limits);
}

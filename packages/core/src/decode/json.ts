import { CallStatusError } from '../errors.ts';
import type { FieldTree, Limits } from './fields.ts';
import { sanitize } from './sanitize.ts';
import { withoutBom } from './text.ts';

/**
 * Decodes a JSON body, which must be an object.
 * @throws CallStatusError `malformed_body`, `body_too_large`
 */
export function decodeJson(text: string, limits: Limits): FieldTree {
  return sanitize(parse(withoutBom(text)), limits);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own error is left out: its message quotes the body.
    throw new CallStatusError('malformed_body', { reason: 'It is not JSON.' });
  }
}

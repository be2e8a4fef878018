import { append, type MutableFlatFields } from './append.ts';
import { tooManyFields } from './bounds.ts';
import type { FlatFields, Limits } from './fields.ts';

/**
 * Decodes a form body or a query, as the URL Standard says: whatever is no escape sequence stands for itself.
 * @throws CallStatusError `body_too_large`
 */
export function decodeForm(text: string, limits: Limits): FlatFields {
  const fields: MutableFlatFields = Object.create(null);
  let count = 0;
  for (let start = 0, end: number; start < text.length; start = end + 1) {
    end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    if (end === start) continue;
    if (++count > limits.fields) throw tooManyFields(limits);
    const pair = text.slice(start, end);
    const equals = pair.indexOf('=');
    if (equals < 0) append(fields, decodeComponent(pair), '');
    else append(fields, decodeComponent(pair.slice(0, equals)), decodeComponent(pair.slice(equals + 1)));
  }
  return fields;
}

function decodeComponent(escaped: string): string {
  const text = escaped.includes('+') ? escaped.replaceAll('+', ' ') : escaped;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
  }
}

import { withoutBom } from './bom.ts';
import { tooManyFields } from './bounds.ts';
import { detach } from './detach.ts';
import type { Limits } from './fields.ts';
import { FlatFields } from './flat-fields.ts';
import { type KnownName, startOfNames } from './known-names.ts';
import { unescaped } from './unescaped.ts';

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;

/**
 * Decodes a form body or a query, as the URL Standard says: whatever is no escape sequence stands for itself.
 *
 * @param what how to call its fields when there are too many
 * @throws CallStatusError `body_too_large`
 */
export function decodeForm(form: string, limits: Limits, what = 'fields'): FlatFields {
  const text = withoutBom(form);
  const values: string[] = [];
  let name = startOfNames('form', limits);
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === AMPERSAND) continue;
    if (values.length >= limits.fields) throw tooManyFields(limits, what);
    const { next }: KnownName = name;
    if (next?.begins(text, at)) {
      name = next;
      at += next.prefix.length;
    } else {
      const rawName = nameAt(text, at);
      name = name.followedBy(`${rawName}=`, unescaped(rawName.replaceAll('+', ' ')));
      at += rawName.length;
      if (text[at] === '=') at++;
    }
    const start = at;
    let isEscaped = false;
    let hasPlus = false;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === AMPERSAND) break;
      if (code === PERCENT) isEscaped = true;
      else if (code === PLUS) hasPlus = true;
    }
    let value = text.slice(start, at);
    if (hasPlus) value = value.replaceAll('+', ' ');
    values.push(isEscaped ? unescaped(value) : value);
  }
  return new FlatFields(name.names, detach(values, 2 * text.length));
}

/** A field's name, which ends at `=`, or with the field. */
function nameAt(text: string, start: number): string {
  const end = text.indexOf('&', start);
  const field = end < 0 ? text.slice(start) : text.slice(start, end);
  const equals = field.indexOf('=');
  return equals < 0 ? field : field.slice(0, equals);
}

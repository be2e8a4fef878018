import { isStorable } from '@call-status/core/inbox';
import { badRequest } from '../http/failure.ts';

type Body = Readonly<Record<string, unknown>>;

/** A text of a body that is not empty; `undefined` if it is absent. */
export function textIn(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && isStorable(value)) return value;
  throw badRequest(`\`${name}\` is a text.`);
}

/** Refuses a body with other fields: a misspelled one would change more than it names. */
export function onlyIn(body: Body, names: readonly string[]): void {
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other !== undefined) throw badRequest(`\`${other}\` is no field. There are: ${names.join(', ')}.`);
}

export function requiredTextIn(body: Body, name: string): string {
  const value = textIn(body, name);
  if (value === undefined) throw badRequest(`\`${name}\` is missing.`);
  return value;
}

export function booleanIn(body: Body, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw badRequest(`\`${name}\` is true or false.`);
}

/** At most a thousand texts; `undefined` if they are absent. */
export function textsIn(body: Body, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length <= MOST && value.every((one) => typeof one === 'string')) return value;
  throw badRequest(`\`${name}\` is a list of at most ${MOST} texts.`);
}

const MOST = 1000;

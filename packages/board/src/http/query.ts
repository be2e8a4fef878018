import { isStorable } from '@call-status/core/inbox';
import { badRequest } from './failure.ts';

/** The query of a URL. Unknown parameters are ignored, and empty ones are absent. */
export class Query {
  readonly #values: URLSearchParams;

  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name) || undefined;
    if (value === undefined || isStorable(value)) return value;
    throw badRequest(`\`${name}\` has characters that no inbox stores.`);
  }

  /** One or several, separated by commas. */
  list(name: string): readonly string[] | undefined {
    return this.text(name)?.split(',');
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw badRequest(`\`${name}\` is missing.`);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === 'true' || value === 'false')
      return value === undefined ? undefined : value === 'true';
    throw badRequest(`\`${name}\` is true or false.`);
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,15}$/.test(value)) return Number(value);
    throw badRequest(`\`${name}\` is a whole number.`);
  }
}

/** An object without the members that are `undefined`, as inboxes expect their queries. */
export function given<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

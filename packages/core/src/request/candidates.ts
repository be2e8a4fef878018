import type { FieldTree } from '../decode/fields.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';

/** Providers whose callbacks may have a field. */
interface Group {
  readonly field: string;
  readonly providers: readonly Provider[];
}

/**
 * The providers that are asked about a request, by the fields that it has. Asking all built-in providers about each costs a fifth of a small
 * callback (`pnpm run bench recognition`).
 */
export class Candidates {
  readonly #all: readonly Provider[];
  /** They do not say which fields their callbacks have. */
  readonly #always: readonly Provider[];
  readonly #groups: readonly Group[];
  /** Enough to find out why the fields of a request cannot be read. */
  readonly #unreadable: readonly Provider[];

  /** @param providers those that use the method of the request */
  constructor(providers: readonly Provider[]) {
    const fields = new Set(providers.flatMap((provider) => fieldsOf(provider) ?? []));
    const first = providers.find((provider) => fieldsOf(provider) !== undefined);
    this.#all = providers;
    this.#always = providers.filter((provider) => fieldsOf(provider) === undefined);
    this.#groups = [...fields].map((field) => {
      return { field, providers: providers.filter((provider) => fieldsOf(provider)?.includes(field) ?? true) };
    });
    this.#unreadable = first === undefined ? this.#always : [readingOnly(first), ...this.#always];
  }

  of(message: IncomingCallback): readonly Provider[] {
    if (this.#groups.length === 0) return this.#all;
    let record: FieldTree;
    try {
      record = message.record;
    } catch {
      return this.#unreadable;
    }
    let found = this.#always;
    for (const { field, providers } of this.#groups) {
      if (record[field] === undefined) continue;
      if (found !== this.#always) return this.#all;
      found = providers;
    }
    return found;
  }
}

/** In the place of all that look at the fields: `recognizes` of one of them may look at a header first, and be content with that. */
function readingOnly(provider: Provider): Provider {
  return { ...provider, definition: { ...provider.definition, recognizes: ({ record }) => record === undefined } };
}

/** `undefined`: its callbacks may have any. */
function fieldsOf({ definition: { decode, recognizedBy } }: Provider): readonly string[] | undefined {
  return decode === undefined ? recognizedBy : undefined;
}

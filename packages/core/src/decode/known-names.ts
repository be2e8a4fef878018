import { FieldNames } from './field-names.ts';
import type { Limits } from './fields.ts';

/** More names are not remembered, since anyone can send names; providers have some dozens. */
const MOST_NAMES = 1000;
/** Longer ones are not remembered, for the same reason. */
const LONGEST_PREFIX = 128;

/**
 * A field's name, behind the names of the fields before it. Providers send the same names in the same order again and again; so the name
 * that came next the last time is tried first, and all that follows from a list of names is worked out once.
 */
export class KnownName {
  /** The text with which the field begins, up to its value: `CallSid=` in a form, the headers of a part in a multipart body. */
  readonly prefix: string;
  readonly #name: string;
  readonly #before: KnownName | undefined;
  readonly #memory: Memory;
  readonly #others = new Map<string, KnownName>();
  #next: KnownName | undefined;
  #names: FieldNames | undefined;

  constructor(memory: Memory, prefix = '', name = '', before?: KnownName) {
    this.#memory = memory;
    this.prefix = prefix;
    this.#name = name;
    this.#before = before;
  }

  /** The name that came behind this one the last time. */
  get next(): KnownName | undefined {
    return this.#next;
  }

  /** Whether a field of this name begins here. To compare a slice takes a fraction of what `startsWith` does. */
  begins(text: string, at: number): boolean {
    return text.slice(at, at + this.prefix.length) === this.prefix;
  }

  /** The name behind this one, of a field that begins with this prefix. */
  followedBy(prefix: string, name: string): KnownName {
    this.#next = this.#others.get(prefix) ?? this.#learn(prefix, name);
    return this.#next;
  }

  /** A name behind this one that is not to be remembered, because its prefix alone does not tell how to read its value. */
  followedOnceBy(name: string): KnownName {
    return new KnownName(this.#memory, '', name, this);
  }

  /** All names up to this one. */
  get names(): FieldNames {
    this.#names ??= new FieldNames(this.#list(), this.#memory.limits);
    return this.#names;
  }

  #learn(prefix: string, name: string): KnownName {
    const known = new KnownName(this.#memory, prefix, name, this);
    if (prefix.length <= LONGEST_PREFIX && this.#memory.hasRoom()) this.#others.set(prefix, known);
    return known;
  }

  #list(): readonly string[] {
    if (this.#before === undefined) return [];
    const names = [this.#name];
    for (let known = this.#before; known.#before !== undefined; known = known.#before) names.push(known.#name);
    return names.reverse();
  }
}

/** The names that were seen under the same limits. */
class Memory {
  readonly limits: Limits;
  start: KnownName;
  #size = 0;

  constructor(limits: Limits) {
    this.limits = limits;
    this.start = new KnownName(this);
  }

  /** Once it is full, it begins anew: names that nobody sends any more must not keep others out. */
  hasRoom(): boolean {
    if (++this.#size <= MOST_NAMES) return true;
    this.#size = 0;
    this.start = new KnownName(this);
    return false;
  }
}

/** What holds the fields: the text before a value means different things in the two. */
export type FieldsKind = 'form' | 'multipart';

const MEMORIES: Readonly<Record<FieldsKind, WeakMap<Limits, Memory>>> = {
  form: new WeakMap(),
  multipart: new WeakMap(),
};

/** Where a list of names starts. */
export function startOfNames(kind: FieldsKind, limits: Limits): KnownName {
  const memories = MEMORIES[kind];
  let memory = memories.get(limits);
  if (memory === undefined) {
    memory = new Memory(limits);
    memories.set(limits, memory);
  }
  return memory.start;
}

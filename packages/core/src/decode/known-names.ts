import { FieldNames } from './field-names.ts';
import type { Limits } from './fields.ts';

/** More names are not remembered, since anyone can send names; providers have some dozens. */
const MOST_NAMES = 1000;
/** Longer ones are not remembered, nor are names behind so many others, for the same reason. */
const LONGEST_PREFIX = 128;
const LONGEST_LIST = 100;

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
  /** How many names are before it; more than can be remembered where one of them is not. */
  readonly #position: number;
  readonly #others = new Map<string, KnownName>();
  #next: KnownName | undefined;
  #names: FieldNames | undefined;

  constructor(memory: Memory, position = 0, prefix = '', name = '', before?: KnownName) {
    this.#memory = memory;
    this.#position = position;
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
    const known = this.#others.get(prefix) ?? this.#learn(prefix, name);
    if (known === undefined) return this.followedOnceBy(name);
    this.#next = known;
    return known;
  }

  /** A name behind this one that is not remembered, nor are those behind it. */
  followedOnceBy(name: string): KnownName {
    return new KnownName(this.#memory, LONGEST_LIST, '', name, this);
  }

  /** All names up to this one. */
  get names(): FieldNames {
    this.#names ??= new FieldNames(this.#list(), this.#memory.limits);
    return this.#names;
  }

  #learn(prefix: string, name: string): KnownName | undefined {
    const position = this.#position + 1;
    if (position > LONGEST_LIST || prefix.length > LONGEST_PREFIX || !this.#memory.hasRoom()) return undefined;
    const own = copied(prefix);
    const known = new KnownName(this.#memory, position, own, copied(name), this);
    this.#others.set(own, known);
    return known;
  }

  #list(): readonly string[] {
    if (this.#before === undefined) return [];
    const names = [this.#name];
    for (let known = this.#before; known.#before !== undefined; known = known.#before) names.push(known.#name);
    return names.reverse();
  }
}

/** A text of its own: not cut from a body, which it would keep alive, and fast to compare. */
function copied(text: string): string {
  return JSON.parse(JSON.stringify(text));
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

/** What holds the fields, and how its lines end: the text before a value means different things in each. */
export type FieldsKind = 'form' | 'multipart' | 'multipart-lf';

const MEMORIES: Readonly<Record<FieldsKind, WeakMap<Limits, Memory>>> = {
  form: new WeakMap(),
  multipart: new WeakMap(),
  'multipart-lf': new WeakMap(),
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

import { createHmac } from 'node:crypto';
import { monotonicNow } from '../timer.ts';

/** Something that may have been otherwise than it was verified, and what to tell if it was. */
export interface Guess<Value> {
  readonly value: Value;
  /** A sentence; absent of what was verified. */
  readonly advice?: string;
}

/** What a signature may have been made of. The first of each is what was verified. */
export interface Guesses {
  /** Each that the request has. */
  readonly signatures: readonly Signature[];
  readonly secrets: readonly string[];
  /** What comes before the content. */
  readonly starts: readonly Guess<string>[];
  readonly contents: readonly Guess<string | Uint8Array>[];
}

/** A signature as it came, and how it has to be made. */
export interface Signature {
  readonly given: string;
  readonly algorithm: string;
  readonly encoding: 'hex' | 'base64';
}

/** Anyone can cause a diagnosis: each is bounded, and so is what they cost in all. */
const MOST_HMACS = 300;
const MOST_BYTES = 16_384;
const BURST_MS = 500;
const SHARE_OF_TIME = 0.02;

/**
 * Why a signature does not match, found by trying: the changes with which it does, the fewest there are. `undefined`: none was found.
 * Each change is a sentence of advice; two causes at once give two.
 */
export function diagnose({ signatures, secrets, starts, contents }: Guesses): readonly string[] | undefined {
  const size =
    Math.max(...contents.map(({ value }) => value.length)) + Math.max(...starts.map(({ value }) => value.length));
  if (signatures.length === 0 || size > MOST_BYTES || !budget.allows()) return undefined;
  const began = monotonicNow();
  try {
    const readings = signatures.flatMap(readingsOf);
    const keys = secrets.slice(0, MOST_SECRETS).flatMap(formsOf);
    let left = MOST_HMACS;
    let best: readonly string[] | undefined;
    for (const start of starts) {
      for (const key of keys) {
        for (const content of contents) {
          const digests = new Map<string, string>();
          for (const { algorithm, hex, advice } of readings) {
            const told = [start.advice, content.advice, key.advice, advice].filter((each) => each !== undefined);
            if (best !== undefined && best.length <= told.length) continue;
            if (!digests.has(algorithm)) {
              if (left-- === 0) return best;
              digests.set(algorithm, digestOf(algorithm, key.value, start.value, content.value));
            }
            if (digests.get(algorithm) === hex) best = told;
          }
        }
      }
    }
    return best;
  } finally {
    budget.spend(monotonicNow() - began);
  }
}

const MOST_SECRETS = 4;

function digestOf(algorithm: string, secret: string, start: string, content: string | Uint8Array): string {
  return createHmac(algorithm, secret).update(start).update(content).digest('hex');
}

/** A secret, and what it would be without what slips into it. */
function formsOf(secret: string): readonly Guess<string>[] {
  const forms: Guess<string>[] = [{ value: secret }];
  const trimmed = secret.trim();
  if (trimmed !== secret) {
    forms.push({
      value: trimmed,
      advice: 'It matches with the secret without the white space around it: remove that.',
    });
  }
  const bare = /^(["'])(.*)\1$/s.exec(trimmed)?.[2];
  if (bare !== undefined) {
    forms.push({ value: bare, advice: 'It matches with the secret without the quotes around it: remove those.' });
  }
  return forms;
}

interface Reading {
  readonly algorithm: string;
  readonly hex: string;
  readonly advice: string | undefined;
}

const ALGORITHMS: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 64: 'sha512' };
const LONGEST_SIGNATURE = 200;

/** The digests that a signature may be meant to say. */
function readingsOf({ given, algorithm, encoding }: Signature): readonly Reading[] {
  if (given.length > LONGEST_SIGNATURE) return [];
  const bare = given.trim().replace(/^(?:sha\d+|v\d+)=/i, '');
  return (['hex', 'base64'] as const).flatMap((written) => {
    const bytes = Buffer.from(bare, written);
    const found = ALGORITHMS[bytes.length];
    const isWhole = written === 'hex' ? bare.length === bytes.length * 2 : /^[\w+/-]+={0,2}$/.test(bare);
    if (found === undefined || !isWhole) return [];
    const advice = [
      found === algorithm ? undefined : `It is made with ${found}, and ${algorithm} is expected there.`,
      written !== encoding
        ? `It is written in ${written}, and ${encoding} is expected.`
        : bytes.toString(encoding) === given
          ? undefined
          : `It is right but for how it is written (${encoding} in another case or form).`,
    ].filter((each) => each !== undefined);
    return [
      { algorithm: found, hex: bytes.toString('hex'), advice: advice.length === 0 ? undefined : advice.join(' ') },
    ];
  });
}

/** A share of the time of the process, of which some can be saved up. */
class Budget {
  #leftMs = BURST_MS;
  #at = monotonicNow();

  allows(): boolean {
    const now = monotonicNow();
    this.#leftMs = Math.min(BURST_MS, this.#leftMs + (now - this.#at) * SHARE_OF_TIME);
    this.#at = now;
    return this.#leftMs > 0;
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }
}

const budget = new Budget();

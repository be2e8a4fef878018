import { createHmac } from 'node:crypto';
import { monotonicNow } from '../timer.ts';

/** A variant of something that was verified, and the advice if the variant matches. */
export interface Guess<Value> {
  readonly value: Value;
  /** A sentence; absent for what was verified. */
  readonly advice?: string;
}

/** What a signature may have been made from. The first of each list is what was verified. */
export interface Guesses {
  /** Each that the request has. */
  readonly signatures: readonly Signature[];
  readonly secrets: readonly string[];
  /** What comes before the content. */
  readonly starts: readonly Guess<string>[];
  readonly contents: readonly Guess<string | Uint8Array>[];
}

/** A signature as sent, and how it must be made. */
export interface Signature {
  readonly given: string;
  readonly algorithm: string;
  readonly encoding: 'hex' | 'base64';
}

/** Anyone can trigger a diagnosis, so the cost of each and of all together is bounded. */
const MOST_HMACS = 300;
const MOST_BYTES = 16_384;
const BURST_MS = 500;
const SHARE_OF_TIME = 0.02;

/**
 * Finds out by trying why a signature does not match: the smallest set of changes that makes it match, or `undefined`. Each change is a
 * sentence of advice; two simultaneous causes give two.
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

/** A secret, and its variants without common copying mistakes. */
function formsOf(secret: string): readonly Guess<string>[] {
  const forms: Guess<string>[] = [{ value: secret }];
  const trimmed = secret.trim();
  if (trimmed !== secret) {
    forms.push({
      value: trimmed,
      advice: 'It matches if the white space around the secret is removed: remove it.',
    });
  }
  const bare = /^(["'])(.*)\1$/s.exec(trimmed)?.[2];
  if (bare !== undefined) {
    forms.push({ value: bare, advice: 'It matches if the quotes around the secret are removed: remove them.' });
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

/** The digests that a signature may represent. */
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
          : `It is correct except for how it is written (${encoding} in another case or form).`,
    ].filter((each) => each !== undefined);
    return [
      { algorithm: found, hex: bytes.toString('hex'), advice: advice.length === 0 ? undefined : advice.join(' ') },
    ];
  });
}

/** A share of the process's time, which accumulates up to a limit. */
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

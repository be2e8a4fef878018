import type { RuleName } from '../provider/clue.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import type { Forwarded } from '../signing/forwarded.ts';
import type { OtherProvider } from './diagnosis.ts';
import type { Trial } from './trial.ts';

/** One kind of cause: the variants of a trial in which it is undone. It does not know what the provider verifies. */
export interface Rule {
  readonly name: RuleName;
  readonly variants: (trial: Trial, context: Context) => Iterable<Variant>;
}

/** What stays the same for all variants of a request. */
export interface Context {
  readonly others: readonly OtherProvider[];
  /** The request as it came. */
  readonly original: Trial;
  readonly callback: IncomingCallback;
  /** Whether another time may be the cause. */
  readonly isAgeJudged: boolean;
  /** What proxies say. */
  readonly said: Forwarded;
}

/** A trial with a change, and what to say if it is valid. */
export interface Variant {
  readonly trial: Trial;
  /**
   * How much suggests the change: the request or a secret shows it (`evident`), it is a common mistake (`common`), or it is one guess of
   * many (`guess`). Pairs of changes are tried in this order.
   */
  readonly chance: Chance;
  /** If the change undoes more than one kind. @default only the rule's own */
  readonly causes?: readonly RuleName[];
  /** Called only for what is reported. `final` has the changes of a second variant too. */
  readonly explain: (final: Trial) => Explanation;
}

export type Chance = 'evident' | 'common' | 'guess';

/** Evidence and fix, each in a sentence. */
export interface Explanation {
  readonly evidence: string;
  readonly fix: string;
}

/** A variant whose explanation does not depend on others. */
export function variant(trial: Trial, chance: Chance, evidence: string, fix: string): Variant {
  return { trial, chance, explain: () => ({ evidence, fix }) };
}

import type { RuleName } from '../provider/clue.ts';
import type { Attempts } from './attempts.ts';
import type { Finding } from './diagnosis.ts';
import { ownClues } from './own-clues.ts';
import type { Chance, Context, Rule, Variant } from './rule.ts';
import { RULES } from './rules/index.ts';

/** A change that was tried, and its rule. */
interface Tried {
  readonly rule: Rule;
  /** The place of the rule in the table. */
  readonly at: number;
  readonly variant: Variant;
}

/** How much speaks against a change. */
const DOUBT: Readonly<Record<Chance, number>> = { evident: 0, common: 1, guess: 2 };
/** Of both changes of a pair: two guesses are too many to try. */
const MOST_DOUBT = 2;

/**
 * Tries single changes, the evident ones first, then pairs of changes, the likely ones first, and then what the provider itself
 * knows.
 * Stops at the first that makes the request valid, so that no cause is named without need.
 */
export function search(context: Context, attempts: Attempts): Finding | undefined {
  const singles = singlesOf(context);
  for (const single of singles) {
    if (attempts.isValid(single.variant.trial)) return findingOf([single]);
    if (attempts.isOver) return undefined;
  }
  const proven = provenByProvider(singles, context, attempts);
  // A pair says more: that the time is over too, or which change it was.
  return pairOf(singles, context, attempts) ?? proven;
}

/** All single changes: the evident ones first, and in the order of the table. */
function singlesOf(context: Context): readonly Tried[] {
  return RULES.flatMap((rule, at) =>
    Array.from(rule.variants(context.original, context), (variant) => ({ rule, at, variant })),
  ).sort((one, other) => DOUBT[one.variant.chance] - DOUBT[other.variant.chance] || one.at - other.at);
}

function pairOf(singles: readonly Tried[], context: Context, attempts: Attempts): Finding | undefined {
  for (let doubt = 0; doubt <= MOST_DOUBT; doubt++) {
    for (const first of singles) {
      const left = doubt - DOUBT[first.variant.chance];
      if (left < 0) continue;
      for (const [at, rule] of RULES.entries()) {
        if (at <= first.at || rule.name === first.rule.name) continue;
        for (const variant of rule.variants(first.variant.trial, context)) {
          if (DOUBT[variant.chance] !== left) continue;
          if (attempts.isValid(variant.trial)) return findingOf([first, { rule, at, variant }]);
          if (attempts.isOver) return undefined;
        }
      }
    }
  }
  return undefined;
}

/** What the provider proves by means of its own, also with a secret that was copied badly. */
function provenByProvider(singles: readonly Tried[], { original }: Context, attempts: Attempts): Finding | undefined {
  const ofSecrets = singles.filter(({ rule }) => rule.name === 'secret_format');
  for (const change of [undefined, ...ofSecrets]) {
    if (!attempts.mayGoOn()) return undefined;
    const clue = ownClues(change?.variant.trial ?? original).find(({ certain }) => certain);
    if (clue === undefined) continue;
    const { rule, evidence, fix } = clue;
    if (change === undefined) return { rule, causes: [rule], evidence, fix, certain: true };
    const own = findingOf([change]);
    return {
      ...own,
      causes: [...own.causes, rule],
      evidence: `${own.evidence} ${evidence}`,
      fix: `${own.fix} ${fix}`,
    };
  }
  return undefined;
}

function findingOf(changes: readonly Tried[]): Finding {
  const { trial } = (changes.at(-1) as Tried).variant;
  const causes = unique(changes.flatMap(({ rule, variant }) => variant.causes ?? [rule.name]));
  const explained = changes.map(({ variant }) => variant.explain(trial));
  return {
    rule: causes[0] as RuleName,
    causes,
    evidence: unique(explained.map(({ evidence }) => evidence)).join(' '),
    fix: unique(explained.map(({ fix }) => fix)).join(' '),
    certain: true,
  };
}

function unique<Item>(all: readonly Item[]): readonly Item[] {
  return [...new Set(all)];
}

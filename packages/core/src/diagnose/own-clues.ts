import { atOnce } from '../provider/at-once.ts';
import type { Clue } from '../provider/clue.ts';
import { callbackOf, type Trial } from './trial.ts';

/** What only the provider knows. A failure of its code must not turn a refused request into an internal error. */
export function ownClues(trial: Trial): readonly Clue[] {
  const { definition } = trial.provider;
  try {
    const clues: unknown = atOnce(definition.diagnose?.(callbackOf(trial), trial.secrets ?? []), 'diagnose()');
    return Array.isArray(clues) && clues.every(isClue) ? clues : [];
  } catch {
    return [];
  }
}

function isClue(given: unknown): given is Clue {
  const { rule, evidence, fix } = Object(given) as Partial<Clue>;
  return [rule, evidence, fix].every((part) => typeof part === 'string');
}

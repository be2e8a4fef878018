import { type CallStatusError, isCallStatusError } from '../errors.ts';
import type { Verdict } from '../provider/definition.ts';
import { tokenVerdict } from '../signing/token.ts';
import { TOKEN_PARAMETER } from '../signing/with-token.ts';
import { monotonicNow } from '../timer.ts';
import { callbackOf, type Trial } from './trial.ts';

/** How much a diagnosis may cost: anyone can send requests that are refused. */
export interface Bounds {
  readonly attempts: number;
  readonly ms: number;
  /** @default the time of this process */
  readonly now?: () => number;
}

/** What is evident is tried in any case: in a process that has just started, the time would be over before. */
const FEWEST_ATTEMPTS = 64;

/** What the receiver finds for a trial. */
export interface Outcome {
  readonly verdict: Verdict | 'not_signed' | 'unknown';
  /** Why, if the provider says more. */
  readonly error?: CallStatusError;
  /** Whether the token decided. */
  readonly byToken?: boolean;
}

/** Verifies trials, and counts. */
export class Attempts {
  readonly #bounds: Bounds;
  readonly #arrivals: readonly number[] | undefined;
  readonly #now: () => number;
  readonly #startedAt: number;
  #tried = 0;
  #isOver = false;

  /** @param arrivals when requests may have arrived, if it is not known. @default at the time of the trial */
  constructor(bounds: Bounds, arrivals?: readonly number[]) {
    this.#bounds = bounds;
    this.#arrivals = arrivals;
    this.#now = bounds.now ?? monotonicNow;
    this.#startedAt = this.#now();
  }

  get tried(): number {
    return this.#tried;
  }

  /** Whether a limit was reached although there was more to try. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the trial would be accepted; `false` too once a limit is reached. */
  isValid(trial: Trial): boolean {
    return this.mayGoOn() && this.outcomeOf(trial).verdict === 'valid';
  }

  /** Whether more may be tried. Call it before what has its own cost. */
  mayGoOn(): boolean {
    const { attempts, ms } = this.#bounds;
    const isLate = this.#tried >= FEWEST_ATTEMPTS && this.#now() - this.#startedAt > ms;
    this.#isOver ||= this.#tried >= attempts || isLate;
    return !this.#isOver;
  }

  /** What the receiver finds: of several times at which it may have arrived, at the best. */
  outcomeOf(trial: Trial): Outcome {
    this.#tried++;
    if (this.#arrivals === undefined) return caughtOutcomeOf(trial);
    const refusals: Outcome[] = [];
    for (const nowMs of this.#arrivals) {
      const outcome = caughtOutcomeOf({ ...trial, nowMs });
      if (outcome.verdict === 'valid') return outcome;
      refusals.push(outcome);
    }
    return refusals.find(({ verdict }) => verdict !== 'expired') ?? (refusals[0] as Outcome);
  }
}

function caughtOutcomeOf(trial: Trial): Outcome {
  try {
    return outcomeOf(trial);
  } catch (error) {
    return isCallStatusError(error) ? { verdict: 'mismatch', error } : { verdict: 'mismatch' };
  }
}

/** The same as the receiver, which compares the token first. */
function outcomeOf(trial: Trial): Outcome {
  const { secrets, tokens, nowMs } = trial;
  const { definition, options = {} } = trial.provider;
  const callback = callbackOf(trial);
  if (tokens !== undefined) {
    const verdict = tokenVerdict(callback.parameter(TOKEN_PARAMETER), tokens);
    if (verdict !== 'valid' || secrets === undefined) return { verdict, byToken: true };
  }
  if (secrets === undefined || definition.authenticate === undefined) return { verdict: 'not_signed' };
  const verdict = definition.authenticate(callback, secrets, options, nowMs);
  if (!(verdict instanceof Promise)) return { verdict };
  // Nothing waits for it, so its rejection would end the process.
  verdict.catch(() => {});
  return { verdict: 'unknown' };
}

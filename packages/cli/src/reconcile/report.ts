import type { AskedCall } from '@call-status/core';
import type { Privacy } from '../inbox/privacy.ts';
import type { Output } from '../output/output.ts';
import { isFailure, lineOf, type Outcome, rowOf, summaryOf } from './outcome.ts';
import { isAskable, type Plan } from './plan.ts';
import type { SilentCall } from './silent-calls.ts';

/** Prints what comes of the calls, and counts it. */
export class Report {
  readonly #calls: ReadonlyMap<string, SilentCall>;
  readonly #privacy: Privacy;
  readonly #output: Output;
  readonly #counts = new Map<Outcome['result'], number>();

  constructor(calls: readonly SilentCall[], privacy: Privacy, output: Output) {
    this.#calls = new Map(calls.map((call) => [keyOf(call), call]));
    this.#privacy = privacy;
    this.#output = output;
  }

  /** Calls that cannot be asked about. People have seen them before. */
  notAsked({ groups }: Plan): void {
    for (const { how, calls } of groups) {
      if (!isAskable(how)) for (const call of calls) this.#add({ ...call, call, result: how.result });
    }
  }

  /** All calls, for a look. */
  onlyShown(plan: Plan): void {
    this.notAsked(plan);
    for (const call of plan.asked) this.#add({ ...call, call, result: 'not_asked' });
  }

  asked(one: AskedCall): void {
    const outcome = { ...one, call: this.#calls.get(keyOf(one)) as SilentCall };
    this.#add(outcome);
    this.#output.result(lineOf(outcome, this.#privacy, this.#output));
  }

  /** How many calls had which outcome; empty if there are none yet. */
  get summary(): string {
    return summaryOf(this.#counts);
  }

  /** Whether a provider could not be asked, or did not answer. */
  get hasFailures(): boolean {
    return [...this.#counts.keys()].some(isFailure);
  }

  #add(outcome: Outcome): void {
    this.#counts.set(outcome.result, (this.#counts.get(outcome.result) ?? 0) + 1);
    this.#output.row(this.#privacy.json(rowOf(outcome)));
  }
}

function keyOf({ provider, tenant, callId }: Pick<SilentCall, 'provider' | 'tenant' | 'callId'>): string {
  return JSON.stringify([provider, tenant, callId]);
}

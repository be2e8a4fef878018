import { type CallStatus, isTerminal } from '@call-status/core';
import { checkOptions, type OptionRules, transitionOf } from '@call-status/core/inbox';
import type { Proof } from '../callback/callback.ts';
import { NUMBER, PROOF_RULES, TEXT } from '../callback/rules.ts';
import type { ProviderLike } from '../provider-like.ts';
import { Random } from '../random.ts';
import { sleep } from '../real-time.ts';
import type { Delivery, Playable } from './delivery.ts';
import { arrivalsOf, FAULT_RULES, type Faults } from './faults.ts';
import { maker } from './make.ts';
import { type PlannedScript, planOf } from './plan.ts';
import { play } from './play.ts';
import type { ScenarioName } from './script.ts';
import { momentsOf } from './timeline.ts';

/** The options of a scenario. */
export interface ScenarioOptions extends Proof {
  /** A built-in provider. */
  readonly provider: ProviderLike;
  /** The URL, as in {@link CallbackOptions}. @default `https://hooks.example.com/webhooks/<provider>` */
  readonly url?: string;
  /** When the last callback is made and all are signed, in milliseconds since the epoch. @default Date.now() */
  readonly nowMs?: number;
  /** Decides which faults happen, and how long the call takes: the same seed makes the same callbacks. @default 1 */
  readonly seed?: number;
  /** The call ids are derived from it: a whole number, at least 0 and less than 2 ** 42. @default one that the seed decides */
  readonly callNumber?: number;
  /** @default none */
  readonly faults?: Faults;
}

/** The state of a call in an inbox once all callbacks of a scenario have arrived. */
export interface ExpectedCall {
  readonly provider: string;
  readonly callId: string;
  readonly status: CallStatus;
  readonly terminal: boolean;
  /** How many events it has, without duplicates. */
  readonly eventCount: number;
}

/** The callbacks of a scenario, in the order in which they arrive. */
export interface Scenario {
  readonly deliveries: readonly Delivery[];
  /** Why a callback never arrives, for each of them. */
  readonly lost: readonly ('drop' | 'dropTerminal')[];
  /** The expected result: of each call of which an event arrives. */
  expected(): readonly ExpectedCall[];
  /**
   * Delivers the callbacks one after the other to a receiver or a local URL; resolves to the statuses of the answers.
   *
   * @param wait called for what takes time with the fault `slow`, such as `clock.advance`. @default waits in real time
   */
  playInto(to: Playable | string, wait?: (ms: number) => unknown): Promise<readonly number[]>;
}

const RULES: OptionRules<ScenarioOptions> = {
  provider: {
    expected: 'a built-in provider, such as signalwire',
    fits: (value) => 'definition' in Object(value),
    isRequired: true,
  },
  url: TEXT,
  seed: NUMBER,
  callNumber: {
    expected: 'a whole number, at least 0 and less than 2 ** 42',
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 42,
  },
  faults: {
    expected: `an object of ${Object.keys(FAULT_RULES).join(', ')}`,
    fits: () => false,
    options: FAULT_RULES,
  },
  ...PROOF_RULES,
};

/**
 * Creates the callbacks of a whole call, with faults in their delivery. What a provider does not report of a call is left out.
 *
 * @throws CallStatusError `invalid_options`; TypeError when there is no such scenario, the provider cannot report it, or none is written for
 * the provider
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { signalwire } from '@call-status/core';
 * import { scenario, testReceiver } from '@call-status/testing';
 *
 * const { calls, clock, events, idle, close } = testReceiver({ providers: [signalwire({ signingKey: 'test' })] });
 * const busy = scenario('outbound-busy', { provider: signalwire, secret: 'test', seed: 7, faults: { duplicate: 0.5, shuffle: true } });
 * await busy.playInto(calls, clock.advance);
 * await idle();
 * assert.equal(events('onEnded').length, 1);
 * await close();
 * ```
 */
export function scenario(name: ScenarioName, options: ScenarioOptions): Scenario {
  checkOptions('scenario(name, options)', options, RULES);
  const { provider, seed = 1, faults = {}, nowMs = Date.now() } = options;
  const { script, steps } = planOf(name, provider);
  const random = new Random(seed);
  const { callNumber: number = random.below(2 ** 32) } = options;
  const ids = [script.callId(number * 2), script.callId(number * 2 + 1)] as const;
  const moments = momentsOf(steps, { ids, number, isInbound: name.startsWith('inbound'), endMs: nowMs }, random);
  const make = maker({ ...options, nowMs }, script);
  const { arrivals, lost } = arrivalsOf(moments, faults, random);
  const deliveries = arrivals.map(({ index, faults: own, bodyMs }) => {
    const moment = moments[index] as (typeof moments)[number];
    return { index, bodyMs, ...make(moment, steps[index] as (typeof steps)[number], own) };
  });
  return {
    deliveries,
    lost,
    expected: () =>
      [false, true].flatMap((ofLeg) => expectedOf(provider.definition.name, ids[ofLeg ? 1 : 0], arrived(ofLeg))),
    playInto: (to, wait = sleep) => play(deliveries, to, wait),
  };

  /** The statuses of the events of a leg, in the order in which they arrive. */
  function arrived(ofLeg: boolean): CallStatus[] {
    const indexes = deliveries.filter(isEvent).map(({ index }) => index);
    return [...new Set(indexes)].flatMap((index) => {
      const step = steps[index] as PlannedScript['steps'][number];
      return (step.ofLeg ?? false) === ofLeg ? [step.status] : [];
    });
  }
}

function isEvent({ isRefused, faults }: Delivery): boolean {
  return !isRefused && !faults.includes('abort');
}

function expectedOf(provider: string, callId: string, statuses: readonly CallStatus[]): ExpectedCall[] {
  if (statuses.length === 0) return [];
  let status: CallStatus = 'unknown';
  for (const next of statuses) if (transitionOf(status, next) === 'advance') status = next;
  return [{ provider, callId, status, terminal: isTerminal(status), eventCount: statuses.length }];
}

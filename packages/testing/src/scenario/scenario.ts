import { type CallbackRequest, type CallStatus, isTerminal } from '@call-status/core';
import { checkOptions, type OptionRules, transitionOf } from '@call-status/core/inbox';
import { type Callback, callback, type Proof } from '../callback/callback.ts';
import { withChanges } from '../callback/fields.ts';
import { NUMBER, PROOF_RULES, TEXT } from '../callback/rules.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { fixtureOf } from '../fixtures/fixtures.ts';
import type { ProviderLike } from '../provider-like.ts';
import { Random } from '../random.ts';
import { sleep } from '../real-time.ts';
import { sendTo } from '../send.ts';
import { type Delivery, deliver, FAULT_RULES, type Faults } from './faults.ts';
import { SCRIPTS, type ScenarioName, type Script, type Step } from './scenarios.ts';

/** The options of a scenario. */
export interface ScenarioOptions extends Proof {
  /** A built-in provider. */
  readonly provider: ProviderLike;
  /** The URL, as in {@link CallbackOptions}. @default `https://hooks.example.com/webhooks/<provider>` */
  readonly url?: string;
  /** Decides which faults happen, and the call ids: the same seed makes the same callbacks. @default 1 */
  readonly seed?: number;
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
  readonly deliveries: readonly { readonly callback: Callback; readonly delayMs: number }[];
  /** The expected result. */
  expected(): readonly ExpectedCall[];
  /**
   * Delivers the callbacks one after the other to a receiver or a local URL; resolves to the statuses of the answers.
   *
   * @param wait called for the pauses of the fault `slow`, such as `clock.advance`. @default waits in real time
   */
  playInto(to: Playable | string, wait?: (ms: number) => unknown): Promise<readonly number[]>;
}

/** Receives callbacks: a receiver, or the receiver of one provider. */
export interface Playable {
  receive(request: CallbackRequest): Promise<{ readonly status: number } | undefined>;
}

const RULES: OptionRules<ScenarioOptions> = {
  provider: {
    expected: 'a built-in provider, such as signalwire',
    fits: (value) => 'definition' in Object(value),
    isRequired: true,
  },
  url: TEXT,
  seed: NUMBER,
  faults: {
    expected: `an object of ${Object.keys(FAULT_RULES).join(', ')}`,
    fits: () => false,
    options: FAULT_RULES,
  },
  ...PROOF_RULES,
};

/** Between two callbacks of a call. */
const STEP_MS = 5000;
const SIGNED: ReadonlySet<string> = new Set(['secret', 'token', 'nowMs', 'url']);

/**
 * Creates the callbacks of a whole call, with faults in their delivery.
 *
 * @throws CallStatusError `invalid_options`; TypeError when there is no such scenario, or it is not written for the provider
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
  const script = scriptOf(name, provider);
  const random = new Random(seed);
  const number = random.below(2 ** 32);
  const ids = [script.callId(number), script.callId(number + 1)] as const;
  const proof = Object.fromEntries(Object.entries({ ...options, nowMs }).filter(([key]) => SIGNED.has(key)));
  const steps = script.scenarios[name].map((given, index) => {
    const step = typeof given === 'string' ? { fixture: given } : given;
    const callId = step.ofLeg ? ids[1] : ids[0];
    const fields = [script.at(nowMs + index * STEP_MS), step.ofLeg && script.childOf?.(ids[0]), step.fields];
    const made = callback(provider, step.fixture, {
      ...proof,
      callId,
      fields: fields.filter(Boolean).reduce(withChanges, {}) as Readonly<Record<string, unknown>>,
    });
    const status = statusOf(provider, step);
    return { callback: made, callId, status, isTerminal: isTerminal(status) };
  });
  const arrivals = deliver(steps, faults, random);
  return {
    deliveries: arrivals.map(({ step, delayMs }) => ({ callback: step.callback, delayMs })),
    expected: () => ids.flatMap((callId) => expectedOf(provider.definition.name, callId, arrivals)),
    playInto: (to, wait = sleep) => play(arrivals, typeof to === 'string' ? serverAt(to) : to, wait),
  };
}

interface Arriving {
  readonly callback: Callback;
  readonly callId: string;
  readonly status: CallStatus;
  readonly isTerminal: boolean;
}

async function play(
  arrivals: readonly Delivery<Arriving>[],
  to: Playable,
  wait: (ms: number) => unknown,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const { step, delayMs } of arrivals) {
    if (delayMs > 0) await wait(delayMs);
    statuses.push((await to.receive(step.callback))?.status ?? 404);
  }
  return statuses;
}

function serverAt(url: string): Playable {
  const to = new URL(url);
  if (!['127.0.0.1', 'localhost'].includes(to.hostname))
    throw new TypeError(`playInto() sends only to this machine, not to ${to.hostname}.`);
  return { receive: (callback) => sendTo(to, callback) };
}

function expectedOf(provider: string, callId: string, arrivals: readonly Delivery<Arriving>[]): ExpectedCall[] {
  const own = [...new Set(arrivals.map(({ step }) => step).filter((step) => step.callId === callId))];
  if (own.length === 0) return [];
  let status: CallStatus = 'unknown';
  for (const step of own) if (transitionOf(status, step.status) === 'advance') status = step.status;
  return [{ provider, callId, status, terminal: isTerminal(status), eventCount: own.length }];
}

function scriptOf(name: string, { definition }: ProviderLike): Script {
  const script = SCRIPTS[definition.name];
  if (script === undefined)
    throw new TypeError(`No scenario is written for ${definition.name}: play callbacks of your own.`);
  if (!Object.hasOwn(script.scenarios, name)) {
    throw new TypeError(`There is no scenario "${name}". There are ${Object.keys(script.scenarios).join(', ')}.`);
  }
  return script;
}

function statusOf(provider: ProviderLike, { fixture }: Step): CallStatus {
  const { expect } = fixtureOf(provider, fixture) as Fixture & { readonly expect: { readonly kind: 'event' } };
  return expect.event['status'] as CallStatus;
}

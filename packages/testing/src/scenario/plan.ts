import type { CallStatus } from '@call-status/core';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { fixtureOf } from '../fixtures/fixtures.ts';
import { nameOf, type ProviderLike } from '../provider-like.ts';
import { SCENARIO_NAMES, type ScenarioName, type Script, type Step, stepOf } from './script.ts';
import * as scripts from './scripts/index.ts';
import type { PlannedStep } from './timeline.ts';

/** By the names of the providers. */
export const SCRIPTS: Readonly<Record<string, Script>> = scripts;

/** A scenario of a provider, and the results of its steps. */
export interface PlannedScript {
  readonly script: Script;
  readonly steps: readonly PlannedStep[];
}

const planned = new Map<string, PlannedScript>();

/**
 * A scenario of a provider.
 *
 * @throws TypeError when there is none
 */
export function planOf(name: ScenarioName, provider: ProviderLike): PlannedScript {
  const key = `${nameOf(provider)} ${name}`;
  let plan = planned.get(key);
  if (plan === undefined) {
    plan = newPlan(name, provider);
    planned.set(key, plan);
  }
  return plan;
}

function newPlan(name: ScenarioName, provider: ProviderLike): PlannedScript {
  if (!SCENARIO_NAMES.includes(name)) {
    throw new TypeError(`There is no scenario "${name}". There are ${SCENARIO_NAMES.join(', ')}.`);
  }
  const of = nameOf(provider);
  const script = SCRIPTS[of];
  if (script === undefined) throw new TypeError(`No scenario is written for ${of}: play callbacks of your own.`);
  const steps = script.scenarios[name];
  if (typeof steps === 'string') {
    const others = scenariosOf(provider).join(', ');
    throw new TypeError(`${of} cannot report "${name}": ${steps[0]?.toLowerCase()}${steps.slice(1)} It has ${others}.`);
  }
  return {
    script,
    steps: steps.map(stepOf).map((step) => ({ ...step, status: step.status ?? statusOf(provider, step) })),
  };
}

function statusOf(provider: ProviderLike, { fixture }: Step): CallStatus {
  const { expect } = fixtureOf(provider, fixture) as Fixture & { readonly expect: { readonly kind: 'event' } };
  return expect.event['status'] as CallStatus;
}

/**
 * The scenarios that a provider can report: with most, not all of them.
 *
 * @param provider a provider or its name
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { bandwidth } from '@call-status/core';
 * import { scenariosOf } from '@call-status/testing';
 *
 * assert.equal(scenariosOf(bandwidth).includes('never-ends'), false); // it reports only how a call ended
 * ```
 */
export function scenariosOf(provider: ProviderLike | string): readonly ScenarioName[] {
  const script = SCRIPTS[nameOf(provider)];
  return SCENARIO_NAMES.filter((name) => typeof script?.scenarios[name] === 'object');
}

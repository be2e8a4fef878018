import {
  type Faults,
  type Proof,
  type ProviderLike,
  type Scenario,
  type ScenarioName,
  scenario,
  scenariosOf,
} from '@call-status/testing';
import type { Address } from '../input/address.ts';
import type { Mix } from './read-args.ts';

/** A provider, where its callbacks go, and what it reports. */
export interface Target extends Address {
  readonly provider: ProviderLike;
  /** Where they are sent. */
  readonly to: URL;
  readonly proof: Proof;
  readonly mix: Mix;
}

/** All calls of a simulation. They are made one by one, when they are sent. */
export interface Plan {
  readonly targets: readonly [Target, ...Target[]];
  readonly calls: number;
  readonly seed: number;
  readonly faults: Faults;
  /** When calls end and are signed. @default the real time */
  readonly nowMs: number | undefined;
}

/** The scenarios of a mix that a provider can report. */
export function possible(mix: Mix, provider: ProviderLike): Mix {
  const names = scenariosOf(provider);
  return new Map([...mix].filter(([name]) => names.includes(name)));
}

/** One of the calls: the same for the same plan and index. */
export type CallMaker = (index: number) => { readonly target: Target; readonly call: Scenario };

/** The most calls that have ids of their own. */
export const MOST_CALLS: number = 2 ** 26;

/** Makes the calls of a plan. Those of another run have other ids, unless seed and time are the same. */
export function callMaker({ targets, seed, faults, nowMs }: Plan): CallMaker {
  const run = mixed(seed, Math.floor((nowMs ?? Date.now()) / 1000)) % 2 ** 16;
  return (index) => {
    const ownSeed = mixed(seed, index);
    const target = targets[ownSeed % targets.length] as Target;
    const name = chosen(target.mix, mixed(ownSeed, 1) / 2 ** 32);
    const { provider, url, proof } = target;
    const call = scenario(name, {
      provider,
      url,
      ...proof,
      seed: ownSeed,
      callNumber: run * MOST_CALLS + index,
      faults,
      nowMs: nowMs ?? Date.now(),
    });
    return { target, call };
  };
}

function chosen(mix: Mix, at: number): ScenarioName {
  const names = [...mix.keys()];
  let rest = at * [...mix.values()].reduce((sum, weight) => sum + weight, 0);
  const found = names.find((name) => {
    rest -= mix.get(name) ?? 0;
    return rest < 0;
  });
  return found ?? (names[0] as ScenarioName);
}

/** A number below 2 ** 32 that looks like chance: FNV-1a of both, and a finalizer. */
function mixed(seed: number, index: number): number {
  let hash = 0x811c9dc5;
  for (const part of [seed, Math.floor(seed / 2 ** 32), index, Math.floor(index / 2 ** 32)]) {
    hash = Math.imul(hash ^ (part >>> 0), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

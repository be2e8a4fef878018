import { createCallback } from '@call-status/core/provider';
import { type Callback, makeCallback, type Proof, placeOf } from '../callback/callback.ts';
import { withChanges } from '../callback/fields.ts';
import { optionsFor } from '../callback/proof.ts';
import { encodingOf } from '../callback/write.ts';
import { fixtureOf } from '../fixtures/fixtures.ts';
import type { ProviderLike } from '../provider-like.ts';
import type { FaultName } from './faults.ts';
import type { Changes, Moment, Script, Step } from './script.ts';

/** What all callbacks of a call have in common. */
interface Common extends Proof {
  readonly provider: ProviderLike;
  readonly url?: string;
  readonly nowMs: number;
}

interface Made {
  readonly callback: Callback;
  readonly isRefused: boolean;
  /** Those that change anything. */
  readonly faults: readonly FaultName[];
}

/** Makes the callbacks of a call. */
export function maker(
  common: Common,
  script: Script,
): (moment: Moment, step: Step, drawn: readonly FaultName[]) => Made {
  const { provider, secret, token, nowMs, url = `/webhooks/${provider.definition.name}` } = common;
  const proof = { nowMs, ...(secret !== undefined && { secret }), ...(token !== undefined && { token }) };
  return (moment, step, drawn) => {
    const sample = fixtureOf(provider, step.fixture);
    const usual = encodingOf(sample);
    const other = drawn.includes('multipart') ? script.encodings?.find((encoding) => encoding !== usual) : undefined;
    // Most providers have only one encoding.
    const faults = other === undefined ? drawn.filter((fault) => fault !== 'multipart') : drawn;
    const fields = withChanges(script.fields(moment), step.fields) as Changes;
    const changes = { fields, callId: moment.callId, encoding: other ?? usual, url, ...proof };
    const headers = script.headers?.(moment);
    const callback = makeCallback(provider, sample, changes, headers);
    if (!faults.includes('wrongPort')) return { callback, isRefused: false, faults };
    const { origin, url: path } = placeOf(url, callback.origin);
    const elsewhere = makeCallback(provider, sample, { ...changes, url: withOtherPort(origin) + path }, headers);
    const misdirected = { ...elsewhere, origin: callback.origin };
    return { callback: misdirected, isRefused: !isValid(misdirected, common), faults };
  };
}

function withOtherPort(origin: string): string {
  const url = new URL(origin);
  url.port = url.port === '8443' ? '9443' : '8443';
  return url.origin;
}

/** Whether the provider's own verification accepts it at the URL to which it is sent. */
function isValid(callback: Callback, { provider, secret, nowMs }: Common): boolean {
  const { definition } = provider;
  const { authenticate, secretOption } = definition;
  if (authenticate === undefined || secret === undefined || secretOption === undefined) return true;
  const secrets = Object.values(optionsFor(provider, secret));
  return authenticate(createCallback(callback, { definition }), secrets, {}, nowMs) === 'valid';
}

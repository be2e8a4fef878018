import { isDeepStrictEqual } from 'node:util';
import type { AnyCallStatusEvent } from '@call-status/core';
import { createCallback } from '@call-status/core/provider';
import type { Encoding, Fixture, ProviderLike, Sample } from '@call-status/testing';
import type { CallbackProof } from '../input/proof.ts';
import { encodingOf } from '../trigger/encoding.ts';
import { makeCallback, type PlannedCallback } from '../trigger/make-callback.ts';

/** A recorded event as a callback again. */
export interface Rebuilt extends PlannedCallback {
  /** Whether the fields come back as they were recorded. */
  readonly isExact: boolean;
}

/** How a callback is rebuilt. */
export interface Rebuilding {
  readonly provider: ProviderLike;
  /** Callbacks of the provider, which show how it writes them. */
  readonly fixtures: readonly Fixture[];
  /** @default the first of the provider's own that gives back the same fields */
  readonly encoding: Encoding | undefined;
  readonly to: URL;
  readonly publicUrl: string | undefined;
  readonly proof: CallbackProof;
}

const BY_PREFERENCE: readonly Encoding[] = ['form', 'json', 'multipart'];

/**
 * Writes the fields of an event as its provider does, and signs them.
 *
 * @throws CliError wrong_usage if the provider does not write like this
 */
export function rebuild(event: AnyCallStatusEvent, { fixtures, encoding, ...how }: Rebuilding): Rebuilt {
  const raw = event.raw as object;
  const make = (to: Encoding): Rebuilt => {
    const plan = { ...how, sample: asJson(raw), encoding: to, changes: [], callId: event.callId };
    // Nothing is changed, so there is nothing to warn of.
    const made = makeCallback(plan, () => {});
    return { ...made, isExact: isDeepStrictEqual(fieldsOf(made), raw) };
  };
  if (encoding !== undefined) return make(encoding);
  const own = new Set(fixtures.map(encodingOf));
  const made = BY_PREFERENCE.filter((one) => own.size === 0 || own.has(one)).map(make);
  return made.find(({ isExact }) => isExact) ?? (made[0] as Rebuilt);
}

/** Why an event cannot be sent again; `undefined` if it can. */
export function whyNot({ source }: AnyCallStatusEvent, { definition }: ProviderLike): string | undefined {
  if (source === 'reconciled') return `it is what ${definition.name} answered when it was asked, and not a callback`;
  if (source === 'application') return 'your application recorded it, and no callback did';
  if (definition.decode !== undefined) return `${definition.name} has a format of its own, which can be read only`;
  return undefined;
}

function asJson(raw: object): Sample {
  const body = Buffer.from(JSON.stringify(raw));
  return { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, body };
}

function fieldsOf({ callback }: PlannedCallback): unknown {
  const { method, url, headers, body = '' } = callback.made.unproven;
  return JSON.parse(JSON.stringify(createCallback({ method, url, headers, body }).fields));
}

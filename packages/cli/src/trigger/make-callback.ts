import { createCallback } from '@call-status/core/provider';
import {
  type Callback,
  type CallbackOptions,
  callback,
  type Encoding,
  type ProviderLike,
  type Sample,
} from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { addressOf } from '../input/address.ts';
import type { CallbackProof } from '../input/proof.ts';
import { changeFields, differences, type FieldChange, type Tree } from './change-fields.ts';
import { shownEncodingOf } from './encoding.ts';
import { freshId } from './fresh-id.ts';

/** What to make of a sample. */
export interface CallbackPlan {
  readonly provider: ProviderLike;
  readonly sample: Sample;
  /** Where the server listens. */
  readonly to: URL;
  /** The address at which the provider would call the server, if it is another. */
  readonly publicUrl: string | undefined;
  readonly encoding: Encoding | undefined;
  readonly changes: readonly FieldChange[];
  /** @default a new one */
  readonly callId: string | undefined;
  /** @default the times of the sample */
  readonly occurredAtMs?: number;
  readonly proof: CallbackProof;
}

/** A callback, and what to say about it. */
export interface PlannedCallback {
  readonly callback: Callback;
  readonly callId: string | undefined;
  /** `form`, `multipart`, `json` or `GET`. */
  readonly encoding: string;
  /** How many values it has. */
  readonly fieldCount: number;
}

/**
 * Makes the callback.
 *
 * @param warn gets sentences about what is probably a mistake
 * @throws CliError wrong_usage
 */
export function makeCallback(plan: CallbackPlan, warn: (text: string) => void): PlannedCallback {
  const { provider, proof, to, publicUrl } = plan;
  const { url, prefix } = addressOf(to, publicUrl);
  const { sample, fields } = movedSample(plan);
  const options = fields === undefined ? unchanged(plan) : changed(plan, fields, warn);
  const made = callback(provider, sample, { ...proof.proof, url, ...options });
  const sent = fieldsOf(provider, made) ?? {};
  return {
    callback: { ...made, url: made.url.slice(prefix.length) },
    callId: callIdOf(provider, sent),
    encoding: shownEncodingOf(made),
    fieldCount: countOf(sent),
  };
}

/** The sample at the time of the plan, and its fields; without them, if its body cannot be read. */
function movedSample({ provider, sample, occurredAtMs }: CallbackPlan): { sample: Sample; fields: Tree | undefined } {
  const fields = fieldsOf(provider, sample);
  if (fields === undefined || occurredAtMs === undefined) return { sample, fields };
  const moved = callback(provider, sample, { occurredAtMs });
  return { sample: moved, fields: fieldsOf(provider, moved) };
}

type Changes = Pick<CallbackOptions, 'fields' | 'encoding' | 'callId'>;

function changed(
  { provider, encoding, changes, callId }: CallbackPlan,
  fields: Tree,
  warn: (text: string) => void,
): Changes {
  const { name, methods } = provider.definition;
  if (encoding === 'query' && methods?.includes('GET') !== true) {
    throw wrongUsage(`${name} sends no GET.`, 'Leave out --get.');
  }
  const sampleId = callIdOf(provider, fields);
  if (sampleId === undefined && callId !== undefined) {
    throw wrongUsage('This callback has no call id that --call could replace.', 'Use --set.');
  }
  return {
    fields: differences(fields, changeFields(fields, changes, warn)),
    ...(encoding !== undefined && { encoding }),
    ...(sampleId !== undefined && { callId: callId ?? freshId(sampleId) }),
  };
}

function unchanged({ encoding, changes, callId }: CallbackPlan): Changes {
  if (encoding === undefined && callId === undefined && changes.length === 0) return {};
  throw wrongUsage(
    'This callback has a body that no server can read, so it can only be sent as it is.',
    'Leave out --set, --remove, --call and the encoding.',
  );
}

function fieldsOf({ definition }: ProviderLike, sample: Sample): Tree | undefined {
  try {
    return createCallback(sample, { definition }).fields ?? {};
  } catch {
    return undefined;
  }
}

function callIdOf({ definition }: ProviderLike, fields: Tree): string | undefined {
  try {
    const { callId } = definition.normalize(fields, {});
    return typeof callId === 'string' ? callId : undefined;
  } catch {
    return undefined;
  }
}

/** The values in it, nested ones too. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + countOf(one), 0);
}

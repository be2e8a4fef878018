import { createCallback } from '@call-status/core/provider';
import { type Callback, callback, type Encoding, type ProviderLike, type Sample } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import type { CallbackProof } from '../input/proof.ts';
import { changeFields, differences, type FieldChange, type Tree } from './change-fields.ts';
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
  const { provider, sample, encoding, changes, proof, publicUrl } = plan;
  const { definition } = provider;
  const { fields: tree } = createCallback(sample, { definition });
  const fields = (tree ?? {}) as Tree;
  const sampleId = callIdOf(provider, fields);
  if (encoding === 'query' && definition.methods?.includes('GET') !== true) {
    throw wrongUsage(`${definition.name} sends no GET.`, 'Leave out --get.');
  }
  if (sampleId === undefined && plan.callId !== undefined) {
    throw wrongUsage('This callback has no call id that --call could replace.', 'Use --set.');
  }
  const callId = sampleId === undefined ? undefined : (plan.callId ?? freshId(sampleId));
  const made = callback(provider, sample, {
    ...proof.proof,
    fields: differences(fields, changeFields(fields, changes, warn)),
    url: addressOf(plan.to, publicUrl).url,
    ...(encoding !== undefined && { encoding }),
    ...(callId !== undefined && { callId }),
  });
  const { fields: sent } = createCallback(made, { definition });
  return {
    callback: { ...made, url: made.url.slice(addressOf(plan.to, publicUrl).prefix.length) },
    callId: callIdOf(provider, sent ?? {}),
    encoding: made.method === 'GET' ? 'GET' : encodingOf(String(made.headers['content-type'])),
    fieldCount: countOf(sent),
  };
}

/** The URL that the provider would call, and the part of its path that a proxy removes. */
function addressOf(to: URL, publicUrl: string | undefined): { readonly url: string; readonly prefix: string } {
  const path = to.pathname + to.search;
  if (publicUrl === undefined) return { url: to.origin + path, prefix: '' };
  if (!URL.canParse(publicUrl) || !/^https?:/.test(publicUrl)) {
    throw wrongUsage(
      `--public-url is not "${publicUrl}".`,
      'It is the publicUrl of the server: https://hooks.example.com.',
    );
  }
  const { origin, pathname } = new URL(publicUrl);
  const prefix = pathname.replace(/\/+$/, '');
  // As the receiver does it, so that the whole callback URL is valid, too.
  const isUnder = path.startsWith(prefix) && /^(?:[/?]|$)/.test(path.slice(prefix.length));
  return isUnder ? { url: origin + path, prefix: '' } : { url: origin + prefix + path, prefix };
}

function callIdOf({ definition }: ProviderLike, fields: Tree): string | undefined {
  try {
    const { callId } = definition.normalize(fields, {});
    return typeof callId === 'string' ? callId : undefined;
  } catch {
    return undefined;
  }
}

function encodingOf(type: string): string {
  if (type.includes('json')) return 'json';
  return type.startsWith('multipart') ? 'multipart' : 'form';
}

/** The values in it, nested ones too. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + countOf(one), 0);
}

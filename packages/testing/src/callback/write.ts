import { createCallback } from '@call-status/core/provider';
import type { Fixture } from '../fixtures/fixture-file.ts';
import type { ProviderLike } from '../provider-like.ts';
import { type Encoding, encode } from './encode.ts';
import { withChanges, withValue } from './fields.ts';
import { moveTimes } from './move-times.ts';

/** A request to base a callback on: a {@link Fixture}, or your own. */
export type Sample = Pick<Fixture, 'method' | 'url' | 'headers' | 'body'>;

/** What is changed. */
interface Changes {
  readonly fields?: unknown;
  readonly encoding?: Encoding | undefined;
  readonly callId?: string | undefined;
  readonly occurredAtMs?: number | undefined;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The parts of a request, without its place. */
interface WrittenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly query: string;
}

/** Headers, body and query: those of the sample, unless something is changed. */
export function write(
  { definition }: ProviderLike,
  sample: Sample,
  { fields, callId, occurredAtMs, encoding, body, headers }: Changes,
): WrittenRequest {
  const { method, body: bytes } = sample;
  const { 'content-length': _, host: __, ...own } = { ...sample.headers, ...headers };
  if (body !== undefined) return { method, headers: own, body: Buffer.from(body), query: queryOf(sample) };
  if ([fields, callId, occurredAtMs, encoding].every((change) => change === undefined)) {
    return { method, headers: own, body: bytes, query: queryOf(sample) };
  }
  const to = encoding ?? encodingOf(sample);
  const isGet = to === 'query';
  if (isGet && !definition.methods?.includes('GET')) throw new TypeError(`${definition.name} sends no GET.`);
  let tree = treeOf(definition, sample);
  if (occurredAtMs !== undefined) tree = moveTimes(definition, tree, occurredAtMs);
  if (callId !== undefined) tree = withValue(tree, idOf(definition, tree), callId);
  const { 'content-type': ___, ...rest } = own;
  const { headers: type, body: encoded, query } = encode(to, withChanges(tree, fields) as object);
  return { method: isGet ? 'GET' : 'POST', headers: { ...rest, ...type }, body: encoded, query };
}

type Definition = ProviderLike['definition'];

const decoded = new WeakMap<Sample, { readonly definition: Definition; readonly tree: unknown }>();

/** The fields of a sample, decoded once. */
function treeOf(definition: Definition, sample: Sample): unknown {
  const known = decoded.get(sample);
  if (known?.definition === definition) return known.tree;
  const tree = createCallback(sample, { definition }).fields;
  decoded.set(sample, { definition, tree });
  return tree;
}

function idOf({ name, normalize }: Definition, fields: unknown): string {
  const { callId } = normalize(fields, {});
  if (typeof callId !== 'string') throw new TypeError(`This callback of ${name} has no call id to replace.`);
  return callId;
}

/** For a GET, the fields; for other methods, the query of the URL. */
function queryOf({ method, url }: Sample): string {
  return method === 'GET' ? url.split('?').slice(1).join('?') : '';
}

/** How the fields of a sample are written. */
export function encodingOf({ method, headers }: Sample): Encoding {
  if (method === 'GET') return 'query';
  const type = String(headers['content-type']);
  if (type.includes('json')) return 'json';
  return type.startsWith('multipart') ? 'multipart' : 'form';
}

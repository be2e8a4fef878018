import crypto from 'node:crypto';
import { FieldPairs } from '../../decode/field-pairs.ts';
import { DEFAULT_LIMITS, type FieldTree } from '../../decode/fields.ts';
import { CallStatusError } from '../../errors.ts';
import { diagnose, type Signature } from '../../signing/diagnose.ts';
import { equal } from '../../signing/equal.ts';
import { type HmacAlgorithm, hmac } from '../../signing/hmac.ts';
import { likelyUrls } from '../../signing/likely-urls.ts';
import { otherForms } from '../../signing/url.ts';
import type { Verdict } from '../definition.ts';
import type { IncomingCallback } from '../incoming-callback.ts';
import { fieldsOf } from '../values.ts';
import { hasSwallowedFields, isCutByItsAuthor, isOtherMessage, isReadAsSigned } from './borders.ts';
import { LAML_STATUSES } from './laml.ts';
import { isLamlCallStatus } from './messages.ts';

/** The headers with signatures, and their digests. */
export interface SignatureHeader {
  readonly header: string;
  readonly algorithm: HmacAlgorithm;
}

/** One valid signature is enough: all use the same key. */
export const SIGNATURE_HEADERS: readonly SignatureHeader[] = [
  { header: 'x-signalwire-signature', algorithm: 'sha1' },
  { header: 'x-twilio-signature', algorithm: 'sha1' },
  { header: 'x-signalwire-sha256-signature', algorithm: 'sha256' },
  { header: 'x-twilio-sha256-signature', algorithm: 'sha256' },
];

/** What a signature covers after the URL. The encoding distinguishes the schemes. */
export interface Covered {
  readonly encoding: 'base64' | 'hex';
  readonly content: string | Uint8Array;
  /** The fields that make up the content. */
  readonly fields?: FieldPairs;
}

/**
 * Verifies SignalWire's signature: accepts what its SDKs accept, but only in requests that SignalWire itself can have sent.
 *
 * Unlike `@signalwire/compatibility-api`, it does not accept: a URL that a parser has changed beyond scheme, host and port (path and query
 * are routed as sent); a body that is covered by `bodySHA256` but is not JSON; JSON with values other than strings, numbers, booleans and
 * null (`[object Object]` covers nothing).
 */
export function authenticateLaml(callback: IncomingCallback, secrets: readonly string[]): Verdict {
  let verdict: Verdict = 'missing';
  for (const { header, algorithm } of SIGNATURE_HEADERS) {
    const signature = callback.header(header);
    if (signature === undefined) continue;
    const schemes = coveredBy(callback, signature);
    const signed = signedWith(callback, secrets, signature, algorithm, schemes);
    if (signed !== undefined) {
      if (isGenuine(callback, signed)) return 'valid';
      throw new CallStatusError('signature_mismatch', { hint: SHIFTED });
    }
    verdict = 'mismatch';
  }
  if (verdict === 'mismatch' && needsBytes(callback)) throw new CallStatusError('body_consumed');
  return verdict;
}

const SHIFTED =
  'The signature matches, but it does not mark the borders between URL, names and values, so this may be a signed callback with shifted field borders. If it is genuine, the callback URL contains the name of a field directly followed by a value.';

/** What was signed. */
interface Signed {
  readonly url: string;
  readonly fields: FieldPairs | undefined;
}

function signedWith(
  callback: IncomingCallback,
  secrets: readonly string[],
  signature: string,
  algorithm: HmacAlgorithm,
  schemes: readonly Covered[],
): Signed | undefined {
  const find = (url: string): Signed | undefined => {
    for (const { encoding, content, fields } of schemes) {
      const isRight = (secret: string): boolean => equal(signature, hmac(algorithm, secret, encoding, url, content));
      if (secrets.some(isRight)) return { url, fields };
    }
    return undefined;
  };
  const { url } = callback;
  let signed = find(url);
  if (signed !== undefined) return signed;
  for (const other of otherForms(url, fragmentOf(callback.publicUrl))) signed ??= find(other);
  return signed;
}

function fragmentOf(address = ''): string {
  const start = address.indexOf('#');
  return start < 0 ? '' : address.slice(start);
}

/** Whether SignalWire itself can have sent the request, rather than signed a text that can also be split this way. */
function isGenuine(callback: IncomingCallback, { url, fields }: Signed): boolean {
  if (hasSwallowedFields(url, callback.request.method === 'GET')) return false;
  if (fields === undefined) return true;
  // The event's fields: `CallSid[]` becomes a call id there, but has another name in the signed text.
  const tree = callback.fields;
  // Other messages may contain anything, since they are passed on.
  if (!('CallSid' in tree) || isLamlCallStatus(tree) !== true) return true;
  return isReadAsSigned(fields, tree) && isCutByItsAuthor(fields, isStatus) && !isOtherMessage(fields);
}

function isStatus(word: string): boolean {
  return Object.hasOwn(LAML_STATUSES, word.toLowerCase());
}

/** Whether the bytes of a JSON body are gone: its signature cannot be checked over parsed fields unless they are flat. */
function needsBytes(callback: IncomingCallback): boolean {
  if (callback.body !== undefined || callback.request.method === 'GET') return false;
  const { kind } = callback.contentType;
  return kind === 'json' || (kind === 'form' && (callback.request.parsed === undefined || !isFlat(callback)));
}

/** Another parser may have turned names with brackets into objects, over which the signature cannot be checked. */
function isFlat({ request, pairs }: IncomingCallback): boolean {
  return Object.keys(pairs.toRecord()).length === Object.keys(fieldsOf(request.parsed)).length;
}

/** The schemes that cover the whole request. There are none for a body that no scheme covers, even if its URL is signed. */
export function coveredBy(callback: IncomingCallback, signature: string): readonly Covered[] {
  if (callback.request.method === 'GET') return [{ encoding: 'base64', content: '' }];
  const { kind } = callback.contentType;
  if (kind === 'json') return coveredJson(callback, signature);
  if (kind !== 'form' || (callback.body === undefined && !isFlat(callback))) return [];
  const { pairs } = callback;
  return [{ encoding: 'base64', content: pairs.sortedText(), fields: pairs }];
}

const HEX = /^[0-9a-f]+$/i;

function coveredJson(callback: IncomingCallback, signature: string): readonly Covered[] {
  const { body } = callback;
  if (HEX.test(signature)) return body === undefined ? [] : [{ encoding: 'hex', content: body }];
  // Only for JSON: no signature covers the content type, and read as a form, the same bytes could describe another call.
  const bodySHA256 = callback.parameter('bodySHA256');
  if (body !== undefined && bodySHA256 !== undefined) {
    return equal(String(bodySHA256), crypto.hash('sha256', body)) ? [{ encoding: 'base64', content: '' }] : [];
  }
  const fields = flatJson(callback);
  return fields === undefined ? [] : [{ encoding: 'base64', content: fields.sortedText(), fields }];
}

/** The fields of a JSON body as they would be in a form. */
function flatJson(callback: IncomingCallback): FieldPairs | undefined {
  const entries = Object.entries(decoded(callback));
  if (entries.some(([, value]) => typeof value === 'object' && value !== null)) return undefined;
  const names = entries.map(([name]) => name);
  const values = entries.map(([, value]) => String(value));
  return new FieldPairs(names, values, DEFAULT_LIMITS);
}

function decoded(callback: IncomingCallback): FieldTree {
  try {
    return callback.fields;
  } catch {
    // Not authenticated yet, so do not reveal that the body cannot be read.
    return {};
  }
}

const NOT_COVERED =
  'No SignalWire signature covers a body of this content type: it must be a form or JSON. Check whether a proxy changes it.';

/** Why no signature matches: the content type, the URL, the secret, or how the signature is written. */
export function diagnoseLaml(callback: IncomingCallback, secrets: readonly string[]): readonly string[] | undefined {
  const isRead = callback.request.method === 'GET' || ['form', 'json'].includes(callback.contentType.kind);
  if (!isRead) return [NOT_COVERED];
  const signatures: Signature[] = [];
  const contents = new Set<string | Uint8Array>();
  for (const { header, algorithm } of SIGNATURE_HEADERS) {
    const given = callback.header(header);
    if (given === undefined) continue;
    for (const { encoding, content } of coveredBy(callback, given)) {
      signatures.push({ given, algorithm, encoding });
      contents.add(content);
    }
  }
  const guesses = [...contents].map((value) => ({ value }));
  return diagnose({ signatures, secrets, starts: likelyUrls(callback), contents: guesses });
}

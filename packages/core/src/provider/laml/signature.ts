import crypto from 'node:crypto';
import { FieldPairs } from '../../decode/field-pairs.ts';
import { DEFAULT_LIMITS, type FieldTree } from '../../decode/fields.ts';
import { CallStatusError } from '../../errors.ts';
import { equal } from '../../signing/equal.ts';
import { type HmacAlgorithm, hmac } from '../../signing/hmac.ts';
import { otherDigest } from '../../signing/other-digest.ts';
import { otherForms } from '../../signing/url.ts';
import type { Clue } from '../clue.ts';
import type { Verdict } from '../definition.ts';
import type { IncomingCallback } from '../incoming-callback.ts';
import { fieldsOf } from '../values.ts';
import { hasSwallowedFields, isCutByItsAuthor, isOtherMessage, isReadAsSigned } from './borders.ts';
import { LAML_STATUSES } from './laml.ts';

/** A header with a signature, and its digest; `undefined` if it is not a known one. */
export interface SignatureHeader {
  readonly header: string;
  readonly algorithm: HmacAlgorithm | undefined;
}

/** The headers of all members. SignalWire sends Twilio's as well. */
export const SIGNATURE_HEADERS: readonly SignatureHeader[] = [
  { header: 'x-signalwire-signature', algorithm: 'sha1' },
  { header: 'x-twilio-signature', algorithm: 'sha1' },
  { header: 'x-signalwire-sha256-signature', algorithm: 'sha256' },
  { header: 'x-twilio-sha256-signature', algorithm: 'sha256' },
];

/** How a member of the family signs. */
export interface LamlScheme {
  /** The name for texts. */
  readonly name: string;
  /** The headers of a request that may have a signature. One valid signature is enough. */
  readonly headersOf: (callback: IncomingCallback) => readonly SignatureHeader[];
  /** The names and values of a form, sorted, as they are signed. */
  readonly textOf: (fields: FieldPairs) => string;
  /** Further forms of the URL that may be signed. */
  readonly otherUrls: (url: string) => readonly string[];
  /** Which messages are a call status. The others may contain anything, since they are passed on. */
  readonly isCallStatus: (fields: FieldTree) => true | string;
  /** Whether it also signs the bytes of JSON, in hex. */
  readonly signsBytes: boolean;
}

/** The functions of a definition that verify and diagnose signatures. */
export interface LamlVerifier {
  /** Verifies the signature of a callback. */
  readonly authenticate: (callback: IncomingCallback, secrets: readonly string[]) => Verdict;
  /** Why no signature can match: the content type, or the length of the signature. */
  readonly diagnose: (callback: IncomingCallback) => readonly Clue[];
}

/** What a signature covers after the URL. The encoding distinguishes the schemes. */
interface Covered {
  readonly encoding: 'base64' | 'hex';
  readonly content: string | Uint8Array;
  /** The fields that make up the content. */
  readonly fields?: FieldPairs;
}

/**
 * Makes the verifier for a member of the family. It accepts what the member's SDKs accept, but only in requests that the member itself can
 * have sent.
 *
 * Unlike the SDKs, it does not accept: a URL with another path or other parameters than the one that came, which is routed as sent; a body
 * that is covered by `bodySHA256` but is not JSON; JSON with values other than strings, numbers, booleans and null (`[object Object]`
 * covers nothing).
 */
export function lamlVerifier(scheme: LamlScheme): LamlVerifier {
  return {
    authenticate: (callback, secrets) => authenticate(scheme, callback, secrets),
    diagnose: (callback) => diagnoseWith(scheme, callback),
  };
}

function authenticate(scheme: LamlScheme, callback: IncomingCallback, secrets: readonly string[]): Verdict {
  let verdict: Verdict = 'missing';
  for (const { header, algorithm } of scheme.headersOf(callback)) {
    const signature = callback.header(header);
    if (signature === undefined) continue;
    const signed = algorithm === undefined ? undefined : signedWith(scheme, callback, secrets, signature, algorithm);
    if (signed !== undefined) {
      if (isGenuine(scheme, callback, signed)) return 'valid';
      throw new CallStatusError('signature_mismatch', { hint: SHIFTED });
    }
    verdict = 'mismatch';
  }
  if (verdict === 'mismatch' && needsBytes(callback)) throw new CallStatusError('body_consumed');
  return verdict;
}

const SHIFTED =
  'The signature matches, but it does not mark the borders between URL, names and values, so this may be a signed callback with shifted field borders. If it is genuine, the callback URL contains the name of a field directly followed by a value, or has two parameters of its own among AccountSid, ApiVersion, CallSid, CallStatus, MessageSid and SmsSid: rename them.';

/** What was signed. */
interface Signed {
  readonly url: string;
  readonly fields: FieldPairs | undefined;
}

function signedWith(
  scheme: LamlScheme,
  callback: IncomingCallback,
  secrets: readonly string[],
  signature: string,
  algorithm: HmacAlgorithm,
): Signed | undefined {
  const covered = coveredBy(scheme, callback, signature);
  const find = (url: string): Signed | undefined => {
    for (const { encoding, content, fields } of covered) {
      const isRight = (secret: string): boolean => equal(signature, hmac(algorithm, secret, encoding, url, content));
      if (secrets.some(isRight)) return { url, fields };
    }
    return undefined;
  };
  const { url } = callback;
  let signed = find(url);
  if (signed !== undefined) return signed;
  const fragment = fragmentOf(callback.publicUrl);
  for (const form of [url, ...scheme.otherUrls(url)]) {
    for (const other of [form, ...otherForms(form, fragment)]) if (other !== url) signed ??= find(other);
  }
  return signed;
}

function fragmentOf(address = ''): string {
  const start = address.indexOf('#');
  return start < 0 ? '' : address.slice(start);
}

/** Whether the provider itself can have sent the request, rather than signed a text that can also be split this way. */
function isGenuine({ isCallStatus }: LamlScheme, callback: IncomingCallback, { url, fields }: Signed): boolean {
  if (hasSwallowedFields(url, callback.request.method === 'GET')) return false;
  if (fields === undefined) return true;
  // The event's fields: `CallSid[]` becomes a call id there, but has another name in the signed text.
  const tree = callback.fields;
  if (!('CallSid' in tree) || isCallStatus(tree) !== true) return true;
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
function coveredBy(scheme: LamlScheme, callback: IncomingCallback, signature: string): readonly Covered[] {
  if (callback.request.method === 'GET') return [{ encoding: 'base64', content: '' }];
  const { kind } = callback.contentType;
  if (kind === 'json') return coveredJson(scheme, callback, signature);
  if (kind !== 'form' || (callback.body === undefined && !isFlat(callback))) return [];
  const { pairs } = callback;
  return [{ encoding: 'base64', content: scheme.textOf(pairs), fields: pairs }];
}

const HEX = /^[0-9a-f]+$/i;

function coveredJson(scheme: LamlScheme, callback: IncomingCallback, signature: string): readonly Covered[] {
  const { body } = callback;
  if (scheme.signsBytes && HEX.test(signature)) return body === undefined ? [] : [{ encoding: 'hex', content: body }];
  // Only for JSON: no signature covers the content type, and read as a form, the same bytes could describe another call.
  const bodySHA256 = callback.parameter('bodySHA256');
  if (body !== undefined && bodySHA256 !== undefined) {
    return equal(String(bodySHA256), crypto.hash('sha256', body)) ? [{ encoding: 'base64', content: '' }] : [];
  }
  const fields = flatJson(callback);
  return fields === undefined ? [] : [{ encoding: 'base64', content: scheme.textOf(fields), fields }];
}

/** The fields of a JSON body as they would be in a form. */
function flatJson(callback: IncomingCallback): FieldPairs | undefined {
  const entries = Object.entries(decoded(callback));
  // Anyone can send JSON, and sorting its names takes long.
  if (entries.length > DEFAULT_LIMITS.fields) return undefined;
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

function diagnoseWith(scheme: LamlScheme, callback: IncomingCallback): readonly Clue[] {
  const isRead = callback.request.method === 'GET' || ['form', 'json'].includes(callback.contentType.kind);
  if (!isRead) {
    const evidence = `No ${scheme.name} signature covers a body of this content type: it must be a form or JSON.`;
    return [{ rule: 'json_as_form', evidence, fix: 'Check whether a proxy changes it.', certain: false }];
  }
  return scheme.headersOf(callback).flatMap(({ header, algorithm }): readonly Clue[] => {
    const other = algorithm && otherDigest(callback.header(header) ?? '', algorithm);
    if (algorithm === undefined || other === undefined) return [];
    const evidence = `The signature is as long as one made with ${other}, and ${algorithm} is expected there.`;
    return [{ rule: 'signature_format', evidence, fix: 'Check which header the sender uses.', certain: false }];
  });
}

import querystring from 'node:querystring';
import type { FieldPairs } from '../../decode/field-pairs.ts';
import type { HmacAlgorithm } from '../../signing/hmac.ts';
import type { IncomingCallback } from '../incoming-callback.ts';
import { isMarkedLamlCallStatus } from './messages.ts';
import type { LamlScheme, SignatureHeader } from './signature.ts';

/** How Twilio signs: with the account's auth token; or with a shared key, in the algorithm that a header names. */
export const TWILIO_SCHEME: LamlScheme = {
  name: 'Twilio',
  headersOf,
  textOf,
  otherUrls,
  isCallStatus: isMarkedLamlCallStatus,
  signsBytes: false,
};

const ALGORITHMS: ReadonlyMap<string, HmacAlgorithm> = new Map([
  ['HMAC_SHA1', 'sha1'],
  ['HMAC_SHA256', 'sha256'],
]);

const DEFAULT: readonly SignatureHeader[] = [{ header: 'x-twilio-signature', algorithm: 'sha1' }];

function headersOf(callback: IncomingCallback): readonly SignatureHeader[] {
  // `key=…,algorithm=HMAC_SHA256`
  const settings = callback.header('x-twilio-webhooks-signature-settings');
  const [, name] = /(?:^|,)\s*algorithm\s*=\s*([^,\s]+)/.exec(settings ?? '') ?? [];
  if (name === undefined) return DEFAULT;
  return [{ header: 'x-twilio-signature', algorithm: ALGORITHMS.get(name.toUpperCase()) }];
}

/** Of a repeated name, each value once, in order. */
function textOf(fields: FieldPairs): string {
  const record = fields.toRecord();
  if (!Object.values(record).some(Array.isArray)) return fields.sortedText();
  return Object.entries(record)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, value]) => [...new Set([value].flat())].sort().map((each) => name + each))
    .join('');
}

const PARTS = /^([^?#]*)(\?[^#]*)?(.*)$/s;

/** What browsers' URLs escape, and most clients do not: in a path, and in a query. */
const IN_PATH = /["<>^`{}]/g;
const IN_QUERY = /["'<>]/g;

/**
 * Some of Twilio's servers sign a URL with more of its characters escaped than it came with: as the URL standard has it, or with its query
 * written anew. Both have the path and the parameters that came.
 */
function otherUrls(url: string): readonly string[] {
  const [, address = '', query = '', rest = ''] = PARTS.exec(url) as RegExpExecArray;
  const path = address.replace(IN_PATH, escaped);
  if (query.length < 2) return path === address ? [] : [path + query + rest];
  const written = querystring.stringify(querystring.parse(query.slice(1), '&', '=', { maxKeys: 0 }));
  return [`${path}${query.replace(IN_QUERY, escaped)}${rest}`, `${path}?${written}${rest}`];
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

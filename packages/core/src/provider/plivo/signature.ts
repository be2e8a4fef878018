import type { CallbackRequest } from '../../callback-request.ts';
import { FieldPairs } from '../../decode/field-pairs.ts';
import { DEFAULT_LIMITS } from '../../decode/fields.ts';
import { decodeForm } from '../../decode/form.ts';
import { CallStatusError } from '../../errors.ts';
import { equal } from '../../signing/equal.ts';
import { hmac } from '../../signing/hmac.ts';
import { addressForms } from '../../signing/url.ts';
import type { Clue } from '../clue.ts';
import type { Signing, Verdict } from '../definition.ts';
import type { IncomingCallback } from '../incoming-callback.ts';
import { fieldsOf } from '../values.ts';
import { hasSwallowedFields, isCutByItsAuthor } from './borders.ts';
import { isPlivoCallStatus } from './messages.ts';
import { type SignedParts, signedParts, textOf } from './text.ts';

const V3 = 'x-plivo-signature-v3';
const V3_NONCE = 'x-plivo-signature-v3-nonce';
/** Made with the token of the account that sends, and with that of its main account. */
const V3_HEADERS = [V3, 'x-plivo-signature-ma-v3'];
const V2_HEADERS = ['x-plivo-signature-v2', 'x-plivo-signature-ma-v2'];

/** Headers of every request that Plivo signs. */
export const PLIVO_HEADERS: readonly string[] = [...V3_HEADERS, V3_NONCE];

/** A dot separates the nonce from what is signed before it, so it has no dot. */
const NONCE = /^[\w-]{1,128}$/;

/** The signatures of some headers; during a rotation of tokens, a header is a list. */
function signaturesIn(callback: IncomingCallback, headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) => callback.header(header)?.split(',') ?? []).map((signature) => signature.trim());
}

/** Verifies the V3 signature. Those of older versions cover no field. */
export function authenticatePlivo(callback: IncomingCallback, secrets: readonly string[]): Verdict {
  const signatures = signaturesIn(callback, V3_HEADERS);
  if (signatures.length === 0) {
    if (signaturesIn(callback, V2_HEADERS).length === 0) return 'missing';
    throw new CallStatusError('signature_missing', { hint: ONLY_V2 });
  }
  const nonce = callback.header(V3_NONCE) ?? '';
  const parts = partsOf(callback);
  if (parts === undefined || !NONCE.test(nonce)) return 'mismatch';
  const text = textOf(parts, nonce);
  const isSigned = (address: string): boolean =>
    secrets.some((secret) => {
      const expected = hmac('sha256', secret, 'base64', address, text);
      return signatures.some((signature) => equal(signature, expected));
    });
  const address = addressOf(callback.url);
  if (!isSigned(address) && !otherAddresses(address).some(isSigned)) return 'mismatch';
  if (isGenuine(callback, parts)) return 'valid';
  throw new CallStatusError('signature_mismatch', { hint: SHIFTED });
}

const ONLY_V2 =
  'It has only a V2 signature, which covers neither the query nor the fields: anyone who has seen one can send anything with it. Plivo sends V3 too: check whether a proxy removes X-Plivo-Signature-V3.';
const SHIFTED =
  'The signature matches, but it does not mark the borders between parameters, names and values, so this may be a signed callback with shifted field borders. If it is genuine, the callback URL contains the name of a field, or has CallStatus and CallUUID as parameters of its own: rename them.';

function addressOf(url: string): string {
  return url.replace(/[?#].*/s, '');
}

/**
 * The same address as the callback URL may have been written, which is what Plivo signs. Its libraries for Node, Go and Ruby leave user and
 * password out, and the one for Python does not.
 */
function otherAddresses(address: string): readonly string[] {
  const forms = addressForms(address);
  return [...forms.slice(1), ...forms.filter((form) => ROOT.test(form)).map((form) => form.slice(0, -1))];
}

const ROOT = /^https?:\/\/[^/]+\/$/i;

/** `undefined`: its body is covered by no signature. */
function partsOf(callback: IncomingCallback): SignedParts | undefined {
  if (callback.request.method === 'GET') return signedParts(callback.query, undefined);
  if (callback.contentType.kind !== 'form') return undefined;
  const { pairs } = callback;
  // Another parser may have turned names with brackets into objects, over which the signature cannot be checked.
  const { parsed } = callback.request;
  if (callback.body === undefined && Object.keys(pairs.toRecord()).length !== Object.keys(fieldsOf(parsed)).length) {
    throw new CallStatusError('body_consumed');
  }
  return signedParts(callback.query, pairs);
}

/** Other messages may contain anything, since they are passed on; but a GET is no POST without fields, although its text is the same. */
function isGenuine(callback: IncomingCallback, parts: SignedParts): boolean {
  const { fields } = callback;
  if (callback.request.method === 'POST' && !parts.hasForm && hasSwallowedFields(parts.query)) return false;
  // Without a call or its status, it is refused as such.
  if (!('CallUUID' in fields && 'CallStatus' in fields) || isPlivoCallStatus(fields) !== true) return true;
  const isGet = callback.request.method === 'GET';
  return isCutByItsAuthor(isGet ? callback.query : callback.pairs.toRecord(), fields, parts, isGet);
}

/** Any will do: Plivo's is random, and no time. */
const OUR_NONCE = '31627761595286130198';

/** Signs a request as Plivo does. */
export function signPlivo(request: CallbackRequest, { secret }: Signing): CallbackRequest {
  const [address = '', query = ''] = request.url.split('?', 2);
  const type = String(request.headers['content-type']).toLowerCase();
  const isForm = request.method === 'POST' && type.startsWith('application/x-www-form-urlencoded');
  const fields = isForm ? [...new URLSearchParams(new TextDecoder().decode(request.body))] : [];
  const pairs = new FieldPairs(
    fields.map(([name]) => name),
    fields.map(([, value]) => value),
    DEFAULT_LIMITS,
  );
  const parts = signedParts(decodeForm(query, DEFAULT_LIMITS, 'parameters').toRecord(), pairs);
  const signature = hmac('sha256', secret, 'base64', request.origin, address, textOf(parts, OUR_NONCE));
  return { ...request, headers: { ...request.headers, [V3]: signature, [V3_NONCE]: OUR_NONCE } };
}

/** An id is often mistaken for the token. The V2 signature, which covers no field, tells whether address and token are right. */
export function diagnosePlivo(callback: IncomingCallback, secrets: readonly string[]): readonly Clue[] | undefined {
  if (secrets.some((secret) => /^[MS]A[A-Z0-9]{18}$/.test(secret.trim()))) return [IS_AUTH_ID];
  if (!NONCE.test(callback.header(V3_NONCE) ?? '')) return [WRONG_NONCE];
  if (partsOf(callback) === undefined) return [NO_FORM];
  return isSignedByV2(callback, secrets) ? [CHANGED] : undefined;
}

const IS_AUTH_ID: Clue = {
  rule: 'other_secret',
  evidence: 'authToken is an Auth ID.',
  fix: 'Give the Auth Token, which the console shows beside it.',
  certain: false,
};
const WRONG_NONCE: Clue = {
  rule: 'signature_format',
  evidence: 'X-Plivo-Signature-V3-Nonce is missing or has another form.',
  fix: 'Check whether a proxy changes it.',
  certain: false,
};
const NO_FORM: Clue = {
  rule: 'json_as_form',
  evidence: 'No Plivo signature covers a body of this content type: it must be a form.',
  fix: 'Check whether a proxy changes it.',
  certain: false,
};
const CHANGED: Clue = {
  rule: 'query',
  evidence:
    'Its V2 signature matches, which covers only address and nonce: authToken and the address are right, and something on the way changed the query or the fields.',
  fix: 'Find what changes them, and make it keep them as they are.',
  certain: true,
};

function isSignedByV2(callback: IncomingCallback, secrets: readonly string[]): boolean {
  const nonce = callback.header('x-plivo-signature-v2-nonce') ?? '';
  const address = addressOf(callback.url);
  const signatures = signaturesIn(callback, V2_HEADERS);
  return [address, ...otherAddresses(address)].some((form) =>
    secrets.some((secret) => signatures.includes(hmac('sha256', secret, 'base64', form, nonce))),
  );
}

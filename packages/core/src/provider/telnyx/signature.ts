import type { CallbackRequest } from '../../callback-request.ts';
import { CallStatusError } from '../../errors.ts';
import { isPublicKey, isSignedByOne, signedWith } from '../../signing/ed25519.ts';
import type { Clue } from '../clue.ts';
import type { Signing, Verdict } from '../definition.ts';
import type { IncomingCallback } from '../incoming-callback.ts';

/** The header of the signature. */
export const SIGNATURE_HEADER = 'telnyx-signature-ed25519';
const TIMESTAMP = 'telnyx-timestamp';
const UNIX_SECONDS = /^\d{1,12}$/;

/** Verifies the signature of the timestamp and the bytes of the body with any of the public keys. */
export function authenticateTelnyx(
  callback: IncomingCallback,
  publicKeys: readonly string[],
  { toleranceSeconds = 300 }: { readonly toleranceSeconds?: number | undefined },
  nowMs: number,
): Verdict {
  const signature = callback.header(SIGNATURE_HEADER);
  const timestamp = callback.header(TIMESTAMP);
  if (signature === undefined || timestamp === undefined) return 'missing';
  const { bytes } = callback;
  const isValid = isSignedByOne(publicKeys, signature, messageOf(timestamp, bytes));
  if (!isValid || !UNIX_SECONDS.test(timestamp)) return 'mismatch';
  // The content type is not signed, and read as a form, an event could describe another call: its caller chooses part of its text.
  if (callback.contentType.kind !== (bytes[0] === BRACE ? 'json' : 'form')) {
    throw new CallStatusError('unsupported_media_type');
  }
  return Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) <= toleranceSeconds ? 'valid' : 'expired';
}

/** Every JSON object begins with it, and no form of Telnyx. */
const BRACE = '{'.charCodeAt(0);

function messageOf(timestamp: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${timestamp}|`), body]);
}

/** Signs a request with the private key that is derived from the secret. */
export function signTelnyx(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = signedWith(secret, messageOf(timestamp, request.body ?? new Uint8Array()));
  return { ...request, headers: { ...request.headers, [TIMESTAMP]: timestamp, [SIGNATURE_HEADER]: signature } };
}

/** What is wrong with the form of a key or the timestamp. */
export function diagnoseTelnyx(callback: IncomingCallback, publicKeys: readonly string[]): readonly Clue[] | undefined {
  if (!publicKeys.every(isPublicKey)) return [NO_KEY];
  return UNIX_SECONDS.test(callback.header(TIMESTAMP) ?? '') ? undefined : [NO_SECONDS];
}

const NO_KEY: Clue = {
  rule: 'secret_format',
  evidence: 'publicKey is not 32 bytes in base64.',
  fix: 'Copy it from Mission Control, Keys & Credentials.',
  certain: false,
};
const NO_SECONDS: Clue = {
  rule: 'clock',
  evidence: 'Telnyx-Timestamp is not a number of seconds.',
  fix: 'Check what changes it on its way.',
  certain: false,
};

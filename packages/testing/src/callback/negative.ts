import { type Callback, placeOf, prove } from './callback.ts';

const HOUR_MS = 3_600_000;

/**
 * The callback with another secret, or another token: refused as `signature_mismatch` or `token_mismatch`.
 *
 * @throws TypeError when the callback has no proof
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, mycpaas } from '@call-status/core';
 * import { callback, forged } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [mycpaas({ token: 'secret' })] });
 * const receipt = await calls.receive(forged(callback(mycpaas, 'completed', { token: 'secret' })));
 * assert.equal(receipt?.error?.code, 'token_mismatch');
 * await calls.close();
 * ```
 */
export function forged({ made: { provider, unproven, proof } }: Callback): Callback {
  const { secret, token, nowMs } = proof;
  if (secret === undefined && token === undefined) throw notProved(provider.definition.name);
  return prove(provider, unproven, {
    nowMs,
    ...(secret !== undefined && { secret: `another than ${secret}` }),
    ...(token !== undefined && { token: `another than ${token}` }),
  });
}

/**
 * The callback without signature and token: refused as `signature_missing` or `token_missing`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, mycpaas } from '@call-status/core';
 * import { callback, unsigned } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [mycpaas({ token: 'test' })] });
 * const receipt = await calls.receive(unsigned(callback(mycpaas, 'completed', { token: 'test' })));
 * assert.equal(receipt?.error?.code, 'token_missing');
 * await calls.close();
 * ```
 */
export function unsigned({ made: { provider, unproven, proof } }: Callback): Callback {
  return prove(provider, unproven, { nowMs: proof.nowMs });
}

/**
 * The callback as signed some time ago, like a replay: refused as `signature_expired`.
 *
 * @param ageMs how long ago, in milliseconds
 * @throws TypeError when its signature has no timestamp, so it does not expire
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, voicedock } from '@call-status/core';
 * import { callback, expired } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [voicedock({ secret: 'test' })] });
 * const receipt = await calls.receive(expired(callback(voicedock, 'completed', { secret: 'test' })));
 * assert.equal(receipt?.error?.code, 'signature_expired');
 * await calls.close();
 * ```
 */
export function expired({ made: { provider, unproven, proof } }: Callback, ageMs: number = HOUR_MS): Callback {
  const old = prove(provider, unproven, { ...proof, nowMs: proof.nowMs - ageMs });
  const now = prove(provider, unproven, proof);
  if (JSON.stringify([old.url, old.headers]) === JSON.stringify([now.url, now.headers])) {
    throw new TypeError(
      `What proves a callback of ${provider.definition.name} has no timestamp, so it does not expire.`,
    );
  }
  return old;
}

/**
 * The callback with one character of its body (or query, if it has no body) changed after signing: refused as `signature_mismatch`.
 *
 * @throws TypeError when it is not signed: a token covers no fields
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, signalwire } from '@call-status/core';
 * import { callback, tampered } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: 'test' })] });
 * const receipt = await calls.receive(tampered(callback(signalwire, 'completed', { secret: 'test' })));
 * assert.equal(receipt?.error?.code, 'signature_mismatch');
 * await calls.close();
 * ```
 */
export function tampered(callback: Callback): Callback {
  const { provider, proof, unproven } = callback.made;
  if (proof.secret === undefined) {
    throw new TypeError(
      `This callback of ${provider.definition.name} is not signed, so changes to its fields cannot be detected.`,
    );
  }
  if (callback.body.length > 0) return withBody(callback, changed(callback.body));
  const query = changed(Buffer.from(unproven.url)).toString();
  return { ...callback, url: callback.url.replace(unproven.url, query) };
}

/**
 * The callback with another body but the signature of the original one. To sign another body, pass it to `callback()`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, voicedock } from '@call-status/core';
 * import { callback, withBody } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [voicedock({ secret: 'test' })] });
 * const receipt = await calls.receive(withBody(callback(voicedock, 'completed', { secret: 'test' }), '{}'));
 * assert.equal(receipt?.error?.code, 'signature_mismatch');
 * await calls.close();
 * ```
 */
export function withBody(callback: Callback, body: string | Uint8Array): Callback {
  return { ...callback, body: Buffer.from(body) };
}

/**
 * The callback as it arrives at a URL other than the signed one: behind a proxy that rewrites it, or at another route.
 *
 * @param url an address, or a path and query at the same origin
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, signalwire } from '@call-status/core';
 * import { callback, withUrl } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: 'test' })] });
 * const receipt = await calls.receive(withUrl(callback(signalwire, 'completed', { secret: 'test' }), 'https://other.example.com/'));
 * assert.equal(receipt?.error?.code, 'signature_mismatch');
 * await calls.close();
 * ```
 */
export function withUrl(callback: Callback, url: string): Callback {
  return { ...callback, ...placeOf(url, callback.origin) };
}

/** Changes the last digit or letter, so that escapes stay valid. */
function changed(text: Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  const at = bytes.findLastIndex((byte) => /[0-9a-z]/i.test(String.fromCharCode(byte)));
  const last = String.fromCharCode(bytes[at] as number);
  bytes[at] = (/\d/.test(last) ? String((Number(last) + 1) % 10) : /a/i.test(last) ? 'b' : 'a').charCodeAt(0);
  return bytes;
}

function notProved(name: string): TypeError {
  return new TypeError(`This callback of ${name} has no proof: pass callback() a secret or a token.`);
}

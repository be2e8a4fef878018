import { equal } from '../../signing/equal.ts';
import { hmac } from '../../signing/hmac.ts';
import { otherDigest } from '../../signing/other-digest.ts';
import type { Clue } from '../clue.ts';
import type { IncomingCallback } from '../incoming-callback.ts';

/** A timestamp in seconds. */
export const UNIX_SECONDS: RegExp = /^\d{1,12}$/;

const IN_MS = 'X-Webhook-Timestamp is in milliseconds, but seconds are expected.';
const NO_NUMBER = 'X-Webhook-Timestamp is not a number of seconds.';
const AS_DOCUMENTED = 'Sign "<timestamp>.<body>", with the timestamp in seconds.';

/** What else a signature of VoiceDock may cover. */
export function diagnoseVoicedock(callback: IncomingCallback, secrets: readonly string[]): readonly Clue[] | undefined {
  const given = callback.header('x-webhook-signature')?.replace(/^sha256=/, '') ?? '';
  const timestamp = callback.header('x-webhook-timestamp') ?? '';
  const isMs = /^\d{13}$/.test(timestamp);
  const isSeconds = UNIX_SECONDS.test(timestamp);
  const starts: readonly (readonly [string, Clue['rule'], string])[] = [
    ...(isSeconds ? [] : [[`${timestamp}.`, 'clock', isMs ? IN_MS : NO_NUMBER] as const]),
    ...(isMs ? [[`${timestamp.slice(0, -3)}.`, 'clock', `${IN_MS} It is signed in seconds.`] as const] : []),
    ['', 'signature_format', 'The signature covers the body without "<timestamp>." before it.'],
    [timestamp, 'signature_format', 'The signature covers timestamp and body without the "." between them.'],
  ];
  const { bytes } = callback;
  const found = starts.find(([start]) =>
    secrets.some((secret) => equal(given, hmac('sha256', secret, 'hex', start, bytes))),
  );
  if (found !== undefined) return [{ rule: found[1], evidence: found[2], fix: AS_DOCUMENTED, certain: true }];
  const other = otherDigest(given, 'sha256');
  if (other === undefined) return undefined;
  const evidence = `The signature is as long as one made with ${other}, and sha256 is expected.`;
  return [{ rule: 'signature_format', evidence, fix: AS_DOCUMENTED, certain: false }];
}

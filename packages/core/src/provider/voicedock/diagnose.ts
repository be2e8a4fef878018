import { diagnose } from '../../signing/diagnose.ts';
import type { IncomingCallback } from '../incoming-callback.ts';

/** A timestamp in seconds. */
export const UNIX_SECONDS: RegExp = /^\d{1,12}$/;

/** What would make a signature of VoiceDock match. */
export function diagnoseVoicedock(
  callback: IncomingCallback,
  secrets: readonly string[],
): readonly string[] | undefined {
  // A missing signature, timestamp or body is reported as such.
  const given = callback.header('x-webhook-signature') as string;
  const timestamp = callback.header('x-webhook-timestamp') as string;
  const inMs = 'X-Webhook-Timestamp is in milliseconds, but seconds are expected.';
  const isMs = /^\d{13}$/.test(timestamp);
  const seconds = timestamp.slice(0, -3);
  const wrong = isMs ? inMs : 'X-Webhook-Timestamp is not a number of seconds.';
  return diagnose({
    signatures: [{ given: given.replace(/^sha256=/, ''), algorithm: 'sha256', encoding: 'hex' }],
    secrets,
    starts: [
      UNIX_SECONDS.test(timestamp) ? { value: `${timestamp}.` } : { value: `${timestamp}.`, advice: wrong },
      ...(isMs ? [{ value: `${seconds}.`, advice: `${inMs} It is signed in seconds.` }] : []),
      { value: '', advice: 'It covers the body without "<timestamp>." before it.' },
      { value: timestamp, advice: 'It covers timestamp and body without the "." between them.' },
    ],
    contents: [{ value: callback.bytes }],
  });
}

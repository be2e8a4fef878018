import { diagnose, suspect } from '../diagnose/diagnose.ts';
import type { DiagnosisInput, Finding } from '../diagnose/diagnosis.ts';
import type { ErrorCode } from '../errors.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { loggableUrl } from '../text/redact.ts';
import { monotonicNow } from '../timer.ts';

/** Anyone can send requests that are refused, so a provider's requests with one code are diagnosed at most once in this time. */
const EVERY_MS = 1000;

/** When a request was last diagnosed, by its provider and code. */
const DIAGNOSED = new WeakMap<Provider, Map<ErrorCode, number>>();

/**
 * Why a request is refused: what `diagnose` finds, or what the request looks like if another one was diagnosed just now. It runs before the
 * answer, since the error that it is a part of is the result of `receive()`; it takes about 25 ms at most. A failure must not turn a forged request
 * into an internal error.
 *
 * @param input the token or the secret that decided
 */
export function hintFor(
  code: ErrorCode,
  callback: IncomingCallback,
  provider: Provider,
  input: Pick<DiagnosisInput, 'secrets' | 'tokens' | 'nowMs'>,
): string | undefined {
  try {
    const whole = { ...input, publicUrl: callback.publicUrl };
    if (mayDiagnose(provider, code)) {
      const { findings } = diagnose(callback.request, provider, whole);
      if (findings.some(({ certain }) => certain)) return textOf(findings, code, callback, provider);
    }
    // The general advice for the others is as good.
    if (!code.endsWith('_mismatch') || code === 'token_mismatch') return undefined;
    return textOf(suspect(callback.request, provider, whole), code, callback, provider);
  } catch {
    return undefined;
  }
}

function mayDiagnose(provider: Provider, code: ErrorCode): boolean {
  const times = DIAGNOSED.get(provider) ?? new Map<ErrorCode, number>();
  const now = monotonicNow();
  if (now - (times.get(code) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return false;
  DIAGNOSED.set(provider, times.set(code, now));
  return true;
}

function textOf(
  findings: readonly Finding[],
  code: ErrorCode,
  callback: IncomingCallback,
  { definition }: Provider,
): string {
  const ofUrl = definition.signs === 'fields' && code === 'signature_mismatch';
  return [
    ...(ofUrl ? [`The URL verified was ${loggableUrl(callback.url)}.`] : []),
    ...(findings.some(({ certain }) => certain) ? ['Found by trying:'] : []),
    ...findings.map(({ evidence, fix }) => `${evidence} ${fix}`),
  ].join(' ');
}

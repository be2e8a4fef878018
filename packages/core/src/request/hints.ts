import { diagnose, suspect } from '../diagnose/diagnose.ts';
import type { DiagnosisInput, Finding } from '../diagnose/diagnosis.ts';
import type { CallStatusError, ErrorCode } from '../errors.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { loggableUrl } from '../text/redact.ts';
import { monotonicNow, setImmediate } from '../timer.ts';

/** Anyone can send requests that are refused, so a provider's requests with one code are diagnosed at most once in this time. */
const EVERY_MS = 1000;

/** When a request was last diagnosed, by its provider and code. */
const DIAGNOSED = new WeakMap<Provider, Map<ErrorCode, number>>();

/** Makes the same error again with what was found. */
const DIAGNOSES = new WeakMap<CallStatusError, () => CallStatusError>();

/** What decided that a request is refused: the token or the secret. */
type Input = Pick<DiagnosisInput, 'secrets' | 'tokens' | 'nowMs'>;

/**
 * The error of a request that is refused, with a hint by its looks. If no other one was diagnosed just now, it will be, after the answer.
 *
 * @param errorWith makes the error; called again with what is found
 */
export function refusalWithHint(
  code: ErrorCode,
  callback: IncomingCallback,
  provider: Provider,
  input: Input,
  errorWith: (details: { readonly hint?: string }) => CallStatusError,
): CallStatusError {
  const whole = { ...input, publicUrl: callback.publicUrl };
  const textOf = (findings: readonly Finding[]): string => hintOf(findings, code, callback, provider);
  // The general advice for the others is as good.
  const isOdd = code.endsWith('_mismatch') && code !== 'token_mismatch';
  const hint = isOdd ? orNothing(() => textOf(suspect(callback.request, provider, whole))) : undefined;
  const error = errorWith(hint === undefined ? {} : { hint });
  if (!mayDiagnose(provider, code)) return error;
  DIAGNOSES.set(error, () => {
    const { findings } = diagnose(callback.request, provider, whole);
    return findings.some(({ certain }) => certain) ? errorWith({ hint: textOf(findings) }) : error;
  });
  return error;
}

/** Diagnoses refused requests after their answers, which never wait for it. It takes about 25 ms at most. */
export class Diagnoses {
  readonly #waiting = new Set<() => void>();

  /** Calls back with the error: in a later turn with what was found, or at once if nothing is to be looked for. */
  whenKnown(error: CallStatusError, callBack: (error: CallStatusError) => void): void {
    const diagnosis = DIAGNOSES.get(error);
    if (diagnosis === undefined) {
      callBack(error);
      return;
    }
    const run = (): void => {
      if (this.#waiting.delete(run)) callBack(orNothing(diagnosis) ?? error);
    };
    this.#waiting.add(run);
    setImmediate(run);
  }

  /** Does now what is left. */
  finish(): void {
    for (const run of this.#waiting) run();
  }
}

function mayDiagnose(provider: Provider, code: ErrorCode): boolean {
  const times = DIAGNOSED.get(provider) ?? new Map<ErrorCode, number>();
  const now = monotonicNow();
  if (now - (times.get(code) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return false;
  DIAGNOSED.set(provider, times.set(code, now));
  return true;
}

/** A failure to explain must not turn a forged request into an internal error. */
function orNothing<Result>(explain: () => Result): Result | undefined {
  try {
    return explain();
  } catch {
    return undefined;
  }
}

function hintOf(
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

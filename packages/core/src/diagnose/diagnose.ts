import { forwarded } from '../signing/forwarded.ts';
import { Attempts, type Bounds, type Outcome } from './attempts.ts';
import type { CapturedRequest, DiagnosedProvider, Diagnosis, DiagnosisInput, Finding } from './diagnosis.ts';
import type { Context } from './rule.ts';
import { arrivalsOf } from './rules/clock.ts';
import { search } from './search.ts';
import { suspicions } from './suspicions.ts';
import { callbackOf, requiredBy, type Trial } from './trial.ts';
import { verifiedText } from './verified-text.ts';

const MOST_ATTEMPTS = 512;
const MOST_MS = 25;

/**
 * Finds out why a receiver refuses a request, by trying: which change of the request, the secrets, the clock or the public URL makes the
 * provider's own `authenticate` accept it. It only explains; nothing that it finds is ever accepted. The result has no secret, token,
 * signature or field value. Fetches nothing, reads no environment, and takes at most 512 attempts and `maxMs`.
 *
 * @returns findings: those that are certain, because the request is valid with them; else what the request makes likely. None for a request that
 *   is valid.
 * @example
 * ```ts
 * import { diagnose, twilio } from '@call-status/core';
 *
 * const authToken = process.env.TWILIO_AUTH_TOKEN!;
 * const request = {
 *   method: 'POST',
 *   url: '/voice',
 *   origin: 'http://127.0.0.1:3000',
 *   headers: {
 *     'content-type': 'application/x-www-form-urlencoded',
 *     'x-forwarded-proto': 'https',
 *     'x-forwarded-host': 'hooks.example.com',
 *     'x-twilio-signature': 'tbH9p3cTJn5uZqlvX3EDHcXHmoU=',
 *   },
 *   body: Buffer.from('CallSid=CA1&CallStatus=completed'),
 * };
 * const { verdict, findings } = diagnose(request, twilio, { secrets: [authToken], nowMs: Date.now() });
 * for (const { rule, evidence, fix } of findings) console.log(verdict, rule, evidence, fix);
 * ```
 */
export function diagnose(request: CapturedRequest, provider: DiagnosedProvider, input: DiagnosisInput): Diagnosis {
  return diagnoseWithin({ attempts: MOST_ATTEMPTS, ms: input.maxMs ?? MOST_MS }, request, provider, input);
}

/** The same within other bounds. */
export function diagnoseWithin(
  bounds: Bounds,
  request: CapturedRequest,
  provider: DiagnosedProvider,
  input: DiagnosisInput,
): Diagnosis {
  const context = contextOf(request, provider, input);
  const attempts = new Attempts(bounds, context.isAgeJudged ? undefined : arrivalsOf(context.original));
  const outcome = attempts.outcomeOf(context.original);
  return {
    verdict: outcome.verdict,
    verified: verifiedText(context, outcome),
    findings: findingsOf(outcome, context, attempts),
    tried: attempts.tried,
    complete: !attempts.isOver && outcome.verdict !== 'unknown',
  };
}

/** What is likely by the looks of a request with a wrong proof, without trying anything: for requests that come too often to try more. */
export function suspect(
  request: CapturedRequest,
  provider: DiagnosedProvider,
  input: DiagnosisInput,
): readonly Finding[] {
  return suspicions(contextOf(request, provider, input), { verdict: 'mismatch' });
}

function contextOf(request: CapturedRequest, provider: DiagnosedProvider, input: DiagnosisInput): Context {
  const { publicUrl, nowMs, judgeAge: isAgeJudged = true, others = [] } = input;
  const original: Trial = { provider, request, publicUrl, nowMs, ...requiredBy(provider, input) };
  const callback = callbackOf(original);
  return { others, original, callback, isAgeJudged, said: forwarded(callback) };
}

function findingsOf(outcome: Outcome, context: Context, attempts: Attempts): readonly Finding[] {
  if (outcome.verdict === 'valid' || outcome.verdict === 'not_signed') return [];
  const found = outcome.verdict === 'unknown' ? undefined : search(context, attempts);
  return found === undefined ? suspicions(context, outcome) : [found];
}

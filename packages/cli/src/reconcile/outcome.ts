import type { AskedCall, AskedResult, CallStatusError } from '@call-status/core';
import { shortId, styleOf } from '../inbox/call-columns.ts';
import type { Privacy } from '../inbox/privacy.ts';
import { duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { listed, variablesOf } from './credentials.ts';
import type { SilentCall } from './silent-calls.ts';

/** What came of a call, also of one that was not asked about. */
export interface Outcome extends Omit<AskedCall, 'result'> {
  readonly call: SilentCall;
  /** `not_asked`: there was only a look. */
  readonly result: AskedResult | 'not_asked';
}

/** An outcome in JSON. */
export function rowOf({ call, result, event, httpStatus }: Outcome): object {
  const { provider, callId, tenant, status, lastEventAt } = call;
  return {
    provider,
    callId,
    ...(tenant !== undefined && { tenant }),
    lastStatus: status,
    lastEventAt,
    result,
    ...(event !== undefined && { eventId: event.id, status: event.status, transition: event.transition }),
    ...(event?.durationSeconds !== undefined && { durationSeconds: event.durationSeconds }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

/** An outcome on one line. */
export function lineOf(outcome: Outcome, privacy: Privacy, { style }: Output): string {
  const { call, result, event } = outcome;
  const about = safe(`${call.provider}  ${shortId(call.callId, privacy)}`);
  if (event === undefined) {
    const mark = isFailure(result) ? style.red('✗') : '·';
    return `  ${mark} ${about}  ${safe(call.status)}: ${sentenceFor(outcome)}`;
  }
  const look = styleOf(event.status, style) ?? style.bold;
  const length = event.durationSeconds === undefined ? '' : `  ${duration(event.durationSeconds * 1000)}`;
  const conflict = event.transition === 'advance' ? '' : `  ${safe(event.transition)}`;
  return `  ${style.green('✓')} ${about}  ${safe(call.status)} → ${look(safe(event.status))}${length}${conflict}`;
}

/** Whether the provider could not be asked, or did not answer. */
export function isFailure(result: Outcome['result']): boolean {
  return FAILURES.has(result);
}

const FAILURES: ReadonlySet<string> = new Set(['failed', 'no_api', 'no_credentials', 'invalid_id']);

function sentenceFor({ call: { provider }, result, httpStatus }: Outcome): string {
  if (result === 'failed') return httpStatus === undefined ? `${provider} did not answer` : `answered ${httpStatus}`;
  return SENTENCES[result]?.(provider) ?? result;
}

const SENTENCES: Readonly<Record<string, (provider: string) => string>> = {
  unchanged: (provider) => `${provider} says the same`,
  not_found: (provider) => `${provider} does not know this call`,
  unknown: (provider) => `the answer of ${provider} does not say`,
  no_api: (provider) => `${provider} cannot be asked`,
  no_credentials: () => 'there are no credentials for it',
  invalid_id: (provider) => `no call of ${provider} has such an id, so it was not sent`,
  complete: () => 'it has ended meanwhile',
  gone: () => 'it is no longer in the inbox',
};

/** What the provider's API is to blame for, and what to do. */
export function adviceFor({ code, message, details }: CallStatusError): string {
  const { provider = 'The provider', reason = '', hint } = details;
  if (code === 'api_credentials') {
    const variables = variablesOf(provider);
    const where = variables.length === 0 ? 'api in the configuration file' : listed(variables);
    return `${provider} refused the credentials: ${reason} ${hint ?? `Check ${where}, and that they may read calls.`}`;
  }
  if (code === 'api_failed') return `${reason} ${provider} is not asked any more: run it again later.`;
  return message;
}

/** How many calls had which outcome. */
export function summaryOf(outcomes: ReadonlyMap<Outcome['result'], number>): string {
  const parts = COUNTED.flatMap(([results, text]) => {
    const count = results.reduce((sum, result) => sum + (outcomes.get(result) ?? 0), 0);
    return count === 0 ? [] : [`${count} ${text}`];
  });
  return parts.join(' · ');
}

const COUNTED: readonly (readonly [results: readonly Outcome['result'][], text: string])[] = [
  [['recorded'], 'recorded'],
  [['unchanged'], 'unchanged'],
  [['not_found'], 'not known to the provider'],
  [['unknown'], 'with an unclear answer'],
  [['complete', 'gone'], 'ended or erased meanwhile'],
  [['failed', 'invalid_id'], 'failed'],
  [['no_api', 'no_credentials'], 'not asked'],
];

import type { Provider } from '../../provider/define-provider.ts';
import type { Answer, FetchCall, FetchRequest } from '../../provider/fetch-call.ts';
import type { Clock } from '../../timer.ts';
import type { Credentials } from './credentials.ts';
import { getJson, type RequestFailed } from './http.ts';
import { retryAfterMs } from './retry-after.ts';

/** What came of a request. Reasons name the host and what it did, and nothing that is secret. */
export type Outcome =
  | { readonly result: 'answered'; readonly answers: ReadonlyMap<string, Answer> }
  /** It answered 429: too many requests. */
  | { readonly result: 'limited'; readonly httpStatus: number; readonly retryInMs: number }
  /** It answered 401 or 403. */
  | { readonly result: 'refused'; readonly httpStatus: number; readonly reason: string }
  /** It gave no usable answer. */
  | {
      readonly result: 'failed';
      readonly httpStatus?: number;
      readonly reason: string;
      readonly retryInMs?: number | undefined;
    };

/** Limits are usually per minute. */
const LIMITED_MS = 60_000;

/**
 * Asks a provider for calls, with one request.
 *
 * @param callIds ids that match the provider's pattern
 * @param signal aborts the request
 * @throws what the functions of the provider throw (rejects with)
 */
export async function inquire(
  { definition, options }: Provider,
  credentials: Credentials,
  callIds: readonly string[],
  signal: AbortSignal,
  now: Clock,
): Promise<Outcome> {
  const { request, answers } = definition.fetchCall as FetchCall;
  const made = at(credentials.url, request(callIds.map(encodeURIComponent), credentials));
  const { hostname } = new URL(made.url);
  const reply = await getJson(made, signal).catch((error: RequestFailed) => error.message);
  if (typeof reply === 'string') return { result: 'failed', reason: `${hostname}: ${reply}` };
  const retryInMs = retryAfterMs(reply.retryAfter, now());
  const isOne = callIds.length === 1;
  const { status: httpStatus } = reply;
  const reason = `${hostname} answered ${httpStatus}.`;
  switch (httpStatus) {
    case 200:
      return { result: 'answered', answers: checked(answers(reply.body, callIds, options), callIds) };
    case 404:
    case 410:
      // For several calls, there is no such list. That says nothing about one of them.
      return {
        result: 'answered',
        answers: new Map(callIds.map((callId) => [callId, isOne ? 'not_found' : 'unknown'])),
      };
    case 401:
    case 403:
      return { result: 'refused', httpStatus, reason };
    case 429:
      return { result: 'limited', httpStatus, retryInMs: retryInMs ?? LIMITED_MS };
    default:
      return { result: 'failed', httpStatus, reason, retryInMs };
  }
}

/** The same request to another origin, for tests. */
function at(origin: string | undefined, { url, headers }: FetchRequest): FetchRequest {
  if (origin === undefined) return { url, headers };
  const { pathname, search } = new URL(url);
  return { url: new URL(origin).origin + pathname + search, headers };
}

/** An answer for each call; one about another call says nothing. */
function checked(answers: ReadonlyMap<string, Answer>, callIds: readonly string[]): ReadonlyMap<string, Answer> {
  return new Map(
    callIds.map((callId) => {
      const answer = answers.get(callId) ?? 'unknown';
      return [callId, typeof answer === 'string' || answer.form.callId === callId ? answer : 'unknown'];
    }),
  );
}

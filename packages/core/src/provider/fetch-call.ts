import type { NormalForm } from './normal-form.ts';

/**
 * How a provider's API is asked what became of calls whose callbacks are missing. Users turn it on by giving the provider credentials: its
 * option `api`, declared with {@link apiOption}. Rate limits, retries, timeouts and the limits on a response are not its concern.
 *
 * @template Api the credentials
 * @template Options the provider's own options
 * @example
 * ```ts
 * import { apiOption, CREDENTIAL, defineProvider, fieldsOf, id, required, span, text, time } from '@call-status/core/provider';
 *
 * export const acme = defineProvider({
 *   name: 'acme',
 *   signs: 'nothing',
 *   options: { api: apiOption<{ readonly key: string }>({ key: CREDENTIAL }) },
 *   statuses: { talking: 'in-progress', over: 'completed' },
 *   schema: required<{ readonly id: string; readonly state: string }>('id', 'state'),
 *   recognizes: (callback) => callback.header('x-acme-event') === 'call',
 *   normalize: (fields) => ({ callId: fields.id, rawStatus: fields.state }),
 *   eventKey: (fields) => fields.state,
 *   fetchCall: {
 *     callIdPattern: /^[0-9a-f]{32}$/,
 *     perMinute: 120,
 *     request: ([callId], { key }) => ({
 *       url: `https://api.acme.example/calls/${callId}`,
 *       headers: { Authorization: `Bearer ${key}` },
 *     }),
 *     answers: (body) => {
 *       const call = fieldsOf(body);
 *       const callId = id(call['id']);
 *       const rawStatus = text(call['state']);
 *       if (callId === undefined || rawStatus === undefined) return new Map();
 *       const form = { callId, rawStatus, durationSeconds: span(call['seconds']), occurredAt: time(call['ended_at']) };
 *       return new Map([[callId, { form, raw: call }]]);
 *     },
 *   },
 * });
 * ```
 */
export interface FetchCall<Api = unknown, Options = unknown> {
  /** Matches a whole call id. Ids come from the network: a call with another id is never asked for. */
  readonly callIdPattern: RegExp;
  /**
   * The maximum number of calls in one request.
   * @default 1
   */
  readonly batch?: number;
  /**
   * How many requests a minute the provider allows for an account; half of them are used.
   * @default 60
   */
  readonly perMinute?: number;
  /**
   * How long after the end of a call its figures may still be missing, in milliseconds. See `settled` of {@link FoundCall}.
   * @default 0
   */
  readonly settleMs?: number;
  /**
   * The request. Its host is fixed in code, for each region if there are several; credentials belong in its headers.
   *
   * @param callIds different ids, ready for a URL: percent-encoded
   */
  readonly request: (callIds: readonly string[], api: Api) => FetchRequest;
  /**
   * Reads the JSON of an answer with status 200. It may be anything: what is not understood is `unknown`, and so is a call without an
   * entry. Answers with 404 and 410 need no reading: they are `not_found`.
   *
   * @param callIds the ids, as they were in callbacks
   */
  readonly answers: (body: unknown, callIds: readonly string[], options: Options) => ReadonlyMap<string, Answer>;
}

/** A GET request to a provider's API. */
export interface FetchRequest {
  /** Over HTTPS; HTTP only to a loopback address. */
  readonly url: string;
  /** Its headers, among them the credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a provider says about a call. `not_found`: it does not know the call, or no longer. `unknown`: its answer says nothing about the
 * call.
 */
export type Answer = FoundCall | 'unknown' | 'not_found';

/** A call as a provider's API describes it. */
export interface FoundCall {
  /** The call in the normal form, as from a callback. Its `callId` is the one that was asked for; otherwise it is `unknown`. */
  readonly form: NormalForm;
  /** The provider's record of the call, which becomes the `raw` of an event. Without what must not be stored, such as transcripts. */
  readonly raw: object;
  /**
   * Whether its figures are final. `false`: the call has ended, but the provider has yet to fill in when, or how long it was.
   * @default true
   */
  readonly settled?: boolean;
}

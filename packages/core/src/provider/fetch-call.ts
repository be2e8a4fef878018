import type { NormalForm } from './normal-form.ts';

/**
 * How a provider is asked what became of calls. All of it is called only with the provider's `api` credentials.
 *
 * @template Api the credentials, as the `api` option of the provider gives them
 */
export interface FetchCall<Api = unknown> {
  /** Matches a whole call id. Ids come from the network: one that does not match is never put into a URL. */
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
   * How long after the end of a call its figures may still be missing, in milliseconds.
   * @default 0
   */
  readonly settleMs?: number;
  /** The request, with a host that is fixed in code; credentials belong in its headers. */
  readonly request: (callIds: readonly string[], api: Api) => FetchRequest;
  /** Reads the parsed JSON of a response with status 200. Never throws: what it does not understand is `unknown`. */
  readonly answers: (body: unknown, callIds: readonly string[], api: Api) => ReadonlyMap<string, Answer>;
}

/** A GET request to a provider. */
export interface FetchRequest {
  /** Where to send it. */
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
  /** In the same form as a callback. */
  readonly form: NormalForm;
  /** The provider's record of the call: the `raw` of its event. */
  readonly raw: object;
  /**
   * Whether its figures are final. `false`: the call has ended, but the provider has yet to fill in its end or duration.
   * @default true
   */
  readonly settled?: boolean;
}

import type { ReconcileResult } from '../inbox/watches.ts';
import type { Answer } from '../provider/fetch-call.ts';

/** Why a provider cannot be asked. */
export type Obstacle = Extract<ReconcileResult, 'no_api' | 'no_credentials' | 'invalid_id'>;

/** Asks providers what became of calls, within their rate limits. Never throws or rejects. */
export interface Asker {
  /** The maximum number of calls to ask for at once; `undefined` if this provider cannot be asked. */
  batchOf(provider: string): number | undefined;
  /**
   * Asks for calls of one account, with one request at most.
   *
   * @param callIds different ones, at most as many as `batchOf` says
   * @returns something for each call
   */
  ask(
    provider: string,
    tenant: string | undefined,
    callIds: readonly string[],
  ): Promise<ReadonlyMap<string, Answer | NoAnswer>>;
  /** Aborts the requests that are running; they and all later ones get no answer. */
  close(): void;
}

/** Why there is no answer for a call. */
export interface NoAnswer {
  /** Whether a request for this call was sent. */
  readonly wasAsked: boolean;
  /** Why it was not, if that does not change by itself. */
  readonly obstacle?: Obstacle;
  /** The status of the response, if there was one. */
  readonly httpStatus?: number | undefined;
  /**
   * Milliseconds until it makes sense to ask again, if the account says so: it has used its share of the rate limit, `Retry-After`, or its
   * circuit is open. Increases with each batch that has to wait, so that waiting calls come back one batch after the other.
   */
  readonly retryInMs?: number;
}

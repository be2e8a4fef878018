import type { ErrorCode } from '../error-codes.ts';
import type { Page, PageQuery } from './queries.ts';

/** Rejected callbacks, kept so that someone can find out why. The oldest make room for new ones. */
export interface Refusals {
  /** Newest first. */
  list(query?: RefusalQuery): Promise<Page<Refusal>>;
  /** One of them, or `undefined`. */
  get(id: string): Promise<Refusal | undefined>;
  /** Keeps rejected callbacks, and removes the oldest beyond the limits. */
  keep(refusals: readonly NewRefusal[], limits: RefusalLimits): Promise<void>;
}

/** Which rejected callbacks. */
export interface RefusalQuery extends PageQuery {
  /** Only of this provider. */
  readonly provider?: string;
  /** Only with this error code. */
  readonly code?: ErrorCode;
  /** Last rejected at this time or later: ISO 8601, or a `Date`. */
  readonly since?: string | Date;
  /** Last rejected before this time: ISO 8601, or a `Date`. */
  readonly until?: string | Date;
}

/** Rejected callbacks on their way into an inbox: one row for those of one second that are alike. */
export interface NewRefusal {
  /** The provider, if it is known. */
  readonly provider?: string;
  /** Why it was rejected. */
  readonly code: ErrorCode;
  /** The status of the answer. */
  readonly httpStatus: number;
  /** The likely cause and what to do, if it is known. */
  readonly hint?: string;
  /** The URL without the values of its query, and without long runs of digits. */
  readonly url: string;
  /** The names of the headers, in lower case. */
  readonly headerNames: readonly string[];
  /** The content type, as sent. */
  readonly contentType?: string;
  /** The length of the body in bytes, if it is known. */
  readonly bytes?: number;
  /** The network of the client: its IP address without the last part. */
  readonly caller?: string;
  /** The value of `X-Request-Id`, if there is one. */
  readonly requestId?: string;
  /** How many callbacks this row stands for. */
  readonly count: number;
  /** When the first of them was rejected: ISO 8601, UTC. */
  readonly firstAt: string;
  /** When the last of them was rejected. */
  readonly lastAt: string;
  /** The first of them, if the receiver keeps requests (`keepRefused: { raw: true }`). */
  readonly request?: RefusedRequest;
}

/** A rejected callback as an inbox keeps it. */
export interface Refusal extends NewRefusal {
  /** Identifies it in this inbox. */
  readonly id: string;
}

/** A request that was rejected. Tokens are replaced, and `authorization` and `cookie` have no value. */
export interface RefusedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The URL as it was called. */
  readonly url: string;
  /** The scheme and the host, as the receiver saw them: what it verified, unless it has a `publicUrl`. */
  readonly origin?: string;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Up to 16 kB of the body, in base64. */
  readonly body?: string;
}

/** How much of the rejected callbacks to keep. */
export interface RefusalLimits {
  /** At most so many rows. */
  readonly rows: number;
  /** At most so many bytes. */
  readonly bytes: number;
  /** How many callbacks were only counted since the last time. */
  readonly uncounted: number;
}

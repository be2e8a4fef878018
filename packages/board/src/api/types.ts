/** What the board's server and its page say to each other, as JSON. Only types: the page is built without the core. */
import type { Call, CallSummary, Diagnosis, InboxHealth, ReconcileDecision, WorkerLoad } from '@call-status/core';
import type {
  DeadLetterGroup,
  Handling,
  NewRefusal,
  ReconcileRequest,
  RefusedRequest,
  StatsRow,
  Watch,
} from '@call-status/core/inbox';

export type { Handling, ReconcileRequest };

/** What a visitor may do. The server checks it for each request; the page hides what is not allowed. */
export interface Permissions {
  /** See calls, refused callbacks, dead letters and health, with numbers masked. */
  readonly view: boolean;
  /** See phone numbers, and callbacks as they came. */
  readonly raw: boolean;
  /** Have dead letters handled again, and discard them. */
  readonly replay: boolean;
  /** Have a provider asked about a call. */
  readonly reconcile: boolean;
  /** Erase calls. */
  readonly forget: boolean;
}

/** `GET api/meta` */
export interface Meta {
  readonly versions: { readonly board: string; readonly core: string };
  readonly user?: string;
  readonly can: Permissions;
  /** The names of the providers to filter by. */
  readonly providers: readonly string[];
  /** Whether this process receives callbacks, so that their rates and answer times are known. */
  readonly receives: boolean;
  /** Where callbacks go, if it is known. Without secrets. */
  readonly callbackUrl?: string;
  /** A sentence that every page shows. */
  readonly notice?: string;
  /** The time of the server: ISO 8601, UTC. */
  readonly now: string;
}

/** A call in a list. Numbers are masked without the permission `raw`. */
export interface CallRow extends CallSummary {
  /** Identifies the call in the URLs of the board; without the permission `raw`, it hides a number that is part of the id. */
  readonly key: string;
}

/** `GET api/calls?provider&state&status&answered&search&stuck&conflict&dead&sip&error&since&until&changedSince&cursor&limit` */
export interface CallsPage {
  readonly rows: readonly CallRow[];
  readonly next?: string;
}

/** One event of a call. */
export interface EventRow {
  readonly id: string;
  readonly status: string;
  readonly rawStatus: string;
  readonly transition: string;
  readonly occurredAt?: string;
  readonly receivedAt: string;
  readonly sequence?: number;
  readonly trust: string;
  readonly source: string;
  readonly handling: Handling;
  /** The callback's own fields; only with the permission `raw`. */
  readonly raw?: unknown;
  /** A command that sends it again, with YOUR-TOKEN in place of the token; only with the permission `raw`. */
  readonly curl?: string;
  /** A file for tests, which says what it lacks; only with the permission `raw`. */
  readonly fixture?: string;
}

/** `GET api/call?key` */
export interface CallDetail {
  readonly row: CallRow;
  /** Parties, times, quality and so on. */
  readonly call: Omit<Call, 'events'>;
  /** In the order of recording. */
  readonly events: readonly EventRow[];
  readonly parent?: CallRow;
  readonly children: readonly CallRow[];
  /** Whether the application expects it, or has been told that it is stuck. */
  readonly watch?: Watch;
}

/** A refused callback, or several of one second that are alike. */
export interface RefusalRow extends Omit<NewRefusal, 'request'> {
  readonly id: string;
  /** Whether the request was kept, so that the doctor can examine it. */
  readonly hasRequest: boolean;
}

/** Refused callbacks with the same provider, code and hint. */
export interface RefusalGroup {
  readonly provider?: string;
  readonly code: string;
  readonly hint?: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** The newest. */
  readonly rows: readonly RefusalRow[];
}

/** `GET api/refused?provider&since` */
export interface RefusedPage {
  /** The last one first. */
  readonly groups: readonly RefusalGroup[];
  /** How many were only counted, because there were too many at a time. */
  readonly uncounted: number;
}

/** `GET api/refusal?id` */
export interface RefusalDetail {
  readonly row: RefusalRow;
  /** Only with the permission `raw`. */
  readonly request?: RefusedRequest;
  /** What the doctor finds. */
  readonly diagnosis?: Diagnosis;
  /** Why there is no diagnosis, and what to do to get one. */
  readonly note?: string;
}

/** An event that no attempt could handle. */
export interface DeadRow {
  /** Identifies it in requests to the board. */
  readonly key: string;
  readonly eventId: string;
  /** The key of its call. */
  readonly callKey: string;
  readonly provider: string;
  readonly callId: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string;
  /** The handler that threw it; absent if none did, or if it is not known. */
  readonly handler?: string;
  readonly deadAt: string;
}

/** `GET api/dead?provider&error&since&until&cursor`: `error` is that of a group; the times are those of their deaths. */
export interface DeadPage {
  readonly groups: readonly DeadLetterGroup[];
  readonly rows: readonly DeadRow[];
  readonly next?: string;
}

/** `POST api/dead/replay`, `POST api/dead/discard`. `POST api/call/replay`, `.../reconcile` and `.../forget` have `key` instead, that of a call. */
export interface DeadRequest {
  /** These, or all that match. */
  readonly keys?: readonly string[];
  readonly provider?: string;
  readonly error?: string;
  readonly since?: string;
  readonly until?: string;
  /** Only count them. */
  readonly dryRun?: boolean;
}

/** The answer to `POST api/call/reconcile`. What came of it is in `watch` of the call, or an event. */
export interface ReconcileAnswer {
  readonly decision: ReconcileDecision;
}

/** The answer to each other POST. */
export interface DeadResult {
  readonly count: number;
  /** Of a dry run: there are more, which are not counted. A discard leaves those. */
  readonly isMore?: boolean;
  /** When the oldest and the newest of them became dead letters. */
  readonly oldestAt?: string;
  readonly newestAt?: string;
}

/** What this process received from one provider in the last hour. */
export interface Traffic {
  readonly provider: string;
  /** Callbacks in each of the last 60 minutes, the last one last. */
  readonly perMinute: readonly number[];
  /** All callbacks, refused ones included. */
  readonly total: number;
  readonly refused: number;
  /** The same, for the last 5 minutes: enough to see that a key or a URL is wrong now. */
  readonly recent: { readonly total: number; readonly refused: number };
  readonly duplicates: number;
  readonly late: number;
  /** How often the provider's API knew more of a call than its callbacks had said. */
  readonly reconciled: number;
  /** Milliseconds until the answer. */
  readonly answerMs?: { readonly p50: number; readonly p99: number };
  /** Milliseconds from when it happened until its callback came. */
  readonly delayMs?: { readonly p99: number };
}

/** `GET api/health` */
export interface HealthPage {
  readonly health: InboxHealth;
  /** How many calls have ended: some inboxes take long to count them, so it may be older than the rest, or absent at first. */
  readonly ended?: number;
  readonly worker?: WorkerLoad;
  /** Absent where this process receives nothing. */
  readonly traffic?: readonly Traffic[];
}

/** `GET api/stats?since&until&bucketMs&by&provider` */
export interface StatsPage {
  readonly since: string;
  readonly until: string;
  readonly bucketMs: number;
  /** Where the bars of a histogram of durations end, in seconds. */
  readonly durationBounds: readonly number[];
  readonly rows: readonly StatsRow[];
}

/** An event in the stream. */
export interface StreamEvent {
  /** Of its call. */
  readonly key: string;
  readonly provider: string;
  readonly status: string;
  readonly transition: string;
  readonly receivedAt: string;
}

/** The messages of `GET api/stream` (server-sent events), whose id is the place in the feed. `GET api/events?after` has one, for polling. */
export interface StreamMessages {
  /** The first one has no events: it says where the stream begins. Only an answer to `api/events` has `missed`. */
  readonly events: { readonly events: readonly StreamEvent[]; readonly next: string; readonly missed?: boolean };
  readonly health: HealthPage;
  /** A call was erased. */
  readonly erased: { readonly key: string };
  /** Events were removed before they were read: load everything again. */
  readonly missed: Record<string, never>;
}

/** The body of every answer that is not 2xx. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

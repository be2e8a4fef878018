import { AsyncResource } from 'node:async_hooks';
import type { CallbackRequest } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import type { NewRefusal, Refusals, RefusedRequest } from '../inbox/refusals.ts';
import type { Clock, Timers } from '../timer.ts';
import { hintOf, type RefusedHead, refusedHead } from './refusal.ts';
import { refusedRequest } from './refused-request.ts';

/** What keeping rejected callbacks needs from the receiver. */
export interface KeptRefusalsOptions {
  readonly refusals: Refusals;
  readonly keepRefused: { readonly rows: number; readonly raw: boolean };
  readonly clock: Clock;
  readonly timers: Timers;
  /** The configured tokens of a provider, or of all. */
  readonly tokensOf: (provider: string | undefined) => readonly string[];
  /** Opens the inbox if it is not open yet; a promise if that takes time. */
  readonly open: () => Promise<void> | undefined;
  readonly report: (error: CallStatusError) => void;
}

const EVERY_MS = 1000;
/** New rows of one provider and code in one write; further callbacks are only counted. */
const MOST_ROWS = 10;
const MOST_BYTES = 8 * 1024 * 1024;

/** These say nothing about the request, and an inbox that fails cannot keep it. */
const NOT_OF_THE_REQUEST = /^(?:inbox_\w+|not_handled|closed)$/;

/** A row that still counts. */
interface Row {
  readonly head: RefusedHead;
  readonly hint: string | undefined;
  readonly request: RefusedRequest | undefined;
  readonly firstAt: number;
  lastAt: number;
  count: number;
}

/** Keeps rejected callbacks in the inbox: written once a second, apart from the answers, and so few that a flood costs little. */
export class KeptRefusals {
  readonly #options: KeptRefusalsOptions;
  /** By provider and code, then by hint. */
  #rows = new Map<string, Map<string | undefined, Row>>();
  #uncounted = 0;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #isFailing = false;
  #isClosed = false;

  /** Runs in the async context of the receiver, not of the request that happened to be first. */
  readonly #inTurn = AsyncResource.bind(() => this.#writeInTurn());

  constructor(options: KeptRefusalsOptions) {
    this.#options = options;
  }

  /** Costs little: anyone can send requests that are rejected. */
  add(request: CallbackRequest, error: CallStatusError): void {
    if (this.#isClosed || NOT_OF_THE_REQUEST.test(error.code)) return;
    try {
      this.#count(request, error, this.#options.clock());
    } catch {
      // An odd request from an adapter must not change its answer.
      this.#uncounted++;
    }
    this.#cancelTimer ??= this.#options.timers.after(EVERY_MS, this.#inTurn);
  }

  #count(request: CallbackRequest, error: CallStatusError, now: number): void {
    const hint = hintOf(error);
    const kind = `${error.details.provider} ${error.code}`;
    const rows = this.#rows.get(kind) ?? new Map<string | undefined, Row>();
    const row = rows.get(hint);
    if (row !== undefined) {
      row.count++;
      row.lastAt = now;
    } else if (rows.size >= MOST_ROWS) this.#uncounted++;
    else this.#rows.set(kind, rows.set(hint, this.#newRow(request, error, hint, now)));
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#writing;
    await this.#write();
  }

  #newRow(request: CallbackRequest, error: CallStatusError, hint: string | undefined, now: number): Row {
    const { keepRefused, tokensOf } = this.#options;
    const raw = keepRefused.raw ? refusedRequest(request, tokensOf(error.details.provider)) : undefined;
    return { head: refusedHead(request, error), hint, request: raw, firstAt: now, lastAt: now, count: 1 };
  }

  /** One write at a time: while one is slow, rows go on counting. */
  #writeInTurn(): void {
    this.#cancelTimer = undefined;
    if (this.#writing !== undefined) {
      this.#cancelTimer = this.#options.timers.after(EVERY_MS, this.#inTurn);
      return;
    }
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Never rejects. What cannot be written is only counted, and the failure is reported once. */
  async #write(): Promise<void> {
    const { refusals, keepRefused, open, report } = this.#options;
    const rows = [...this.#rows.values()].flatMap((kind) => [...kind.values()]);
    const uncounted = this.#uncounted;
    if (rows.length === 0 && uncounted === 0) return;
    this.#rows = new Map();
    this.#uncounted = 0;
    try {
      await open();
      await refusals.keep(rows.map(refusalOf), { rows: keepRefused.rows, bytes: MOST_BYTES, uncounted });
      this.#isFailing = false;
    } catch (cause) {
      this.#uncounted += rows.reduce((sum, { count }) => sum + count, uncounted);
      if (!this.#isFailing) report(inboxFailure(cause));
      this.#isFailing = true;
    }
  }
}

function refusalOf({ head, hint, request, firstAt, lastAt, count }: Row): NewRefusal {
  return {
    ...head,
    ...(hint !== undefined && { hint }),
    count,
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    ...(request !== undefined && { request }),
  };
}

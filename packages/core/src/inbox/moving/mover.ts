import { CallStatusError } from '../../errors.ts';
import type { Inbox } from '../inbox.ts';
import type { Page, PageQuery } from '../queries.ts';
import type { NewWatch, Watch } from '../watches.ts';
import type { MovedCall } from './moved-call.ts';

/** What was moved. */
export interface MoveReport {
  /** How many calls. */
  readonly calls: number;
  /** How many events. */
  readonly events: number;
}

/** What identifies a call. */
type CallKey = Pick<MovedCall, 'provider' | 'callId'> & { readonly tenant?: string | undefined };

/** An inbox whose calls can be moved. */
export type Movable = Inbox & Required<Pick<Inbox, 'exportCall' | 'importCall' | 'watches'>>;

/** How many calls one page of the background move has. */
const PAGE_ROWS = 100;

/** The pause after an inbox failed, in milliseconds. */
const PAUSE_MS = 1000;

/** Moves calls from one inbox to another: each once, before anything else happens to it. */
export class Mover {
  readonly moved: Promise<MoveReport>;
  readonly #from: Movable;
  readonly #to: Movable;
  readonly #underWay = new Map<string, Promise<void>>();
  #calls = 0;
  #events = 0;
  #isStopped = false;
  #isDone = false;
  #wake = (): void => {};
  #run: Promise<void> | undefined;
  #settle!: { readonly resolve: (report: MoveReport) => void; readonly reject: (error: unknown) => void };

  constructor(from: Movable, to: Movable) {
    this.#from = from;
    this.#to = to;
    this.moved = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // The application may not be interested.
    this.moved.catch(() => {});
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Begins to move all calls, unless that is under way. */
  start(): void {
    if (!this.#isStopped) this.#run ??= this.#moveAll();
  }

  /** Runs an operation on a call once the call has been moved. Operations on a call run in the order in which they are asked for. */
  after<T>(call: CallKey, operation: () => Promise<T>): Promise<T> {
    if (this.#isStopped) return Promise.reject(new CallStatusError('closed'));
    const key = JSON.stringify([call.provider, call.tenant ?? '', call.callId]);
    const before = this.#underWay.get(key);
    if (before !== undefined) return before.then(operation);
    if (this.#isDone) return operation();
    const moving = this.#moveCall(call);
    this.#underWay.set(key, moving);
    const forget = (): void => {
      this.#underWay.delete(key);
    };
    moving.then(forget, forget);
    return moving.then(operation);
  }

  /** Resolves once nothing is moved any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await Promise.allSettled([this.#run, ...this.#underWay.values()]);
    this.#settle.reject(new CallStatusError('closed'));
  }

  /** What was added before the process died, or before an answer was lost, is only removed. */
  async #moveCall({ provider, callId, tenant }: CallKey): Promise<void> {
    const call = await this.#from.exportCall(provider, callId, tenant);
    const watch = await this.#from.watches.get({ provider, callId, ...(tenant !== undefined && { tenant }) });
    if (call !== undefined) await this.#addCall(call);
    if (watch !== undefined) await this.#to.watches.add([movedWatch(watch)]);
    if (call ?? watch) await this.#from.forgetCall(provider, callId, tenant);
  }

  async #addCall(call: MovedCall): Promise<void> {
    if (await this.#to.importCall(call)) {
      this.#calls++;
      this.#events += call.events.length;
    } else await this.#addMissing(call);
  }

  /** The new inbox had the call before it was moved: events that are not handled and that it does not know are recorded there. */
  async #addMissing({ events }: MovedCall): Promise<void> {
    for (const { event, trace, job, deadLetter } of events) {
      if (job !== undefined || deadLetter !== undefined) await this.#to.record(event, { trace });
    }
  }

  async #moveAll(): Promise<void> {
    while (!this.#isStopped && !this.#isDone) {
      // What failed is tried again: the database may be away for a moment.
      await this.#moveOnce().catch(() => this.#pause());
    }
  }

  async #moveOnce(): Promise<void> {
    await this.#movePages((query) => this.#from.listCalls(query));
    // Those of calls without an event.
    await this.#movePages((query) => this.#from.watches.list(query));
    this.#isDone = true;
    this.#settle.resolve({ calls: this.#calls, events: this.#events });
  }

  async #movePages(list: (query: PageQuery) => Promise<Page<CallKey>>): Promise<void> {
    for (let cursor: string | undefined; ; ) {
      const { rows, next } = await list({ limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) });
      for (const row of rows) await this.after(row, async () => {});
      cursor = next;
      if (cursor === undefined) return;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isStopped) this.#wake();
    });
  }
}

function movedWatch({ provider, tenant, callId, since, dueAt, expected, progress }: Watch): NewWatch {
  return {
    provider,
    ...(tenant !== undefined && { tenant }),
    callId,
    since,
    dueInMs: Math.max(0, Date.parse(dueAt) - Date.now()),
    ...(expected && { expected }),
    progress,
  };
}

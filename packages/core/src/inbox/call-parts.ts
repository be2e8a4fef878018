import type { Call } from '../call.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Inbox } from './inbox.ts';
import type { MovedEvent } from './moving/moved-call.ts';
import { rowsOf } from './portions.ts';
import type { CallSummary } from './queries.ts';
import type { Watch } from './watches.ts';

/** The legs of a call begin while it goes on; their callbacks may be late. */
const AROUND_MS = 600_000;

const MOST_CHILDREN = 100;

/** How far the work on an event has come. */
export interface Handling {
  /**
   * `running`: a worker has it, or had it until it died; `due`: a worker may take it; `retrying`: it waits for its time; `waiting`: an earlier
   * event of the call comes first.
   */
  readonly state: 'handled' | 'due' | 'running' | 'retrying' | 'waiting' | 'dead';
  /** How many attempts failed. */
  readonly failedAttempts: number;
  /** How many attempts were interrupted. */
  readonly interruptions: number;
  /** Handlers that are not called again. */
  readonly doneHandlers: readonly string[];
  /** The text of the last error. */
  readonly error?: string;
  /** Milliseconds until the next attempt. */
  readonly retryInMs?: number;
  /** When it became a dead letter. */
  readonly deadAt?: string;
}

/** An event of a call, with what its handlers have done. */
export interface HandledEvent {
  /** As it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** How far the work on it has come. */
  readonly handling: Handling;
}

/** Everything that an inbox knows about a call. */
export interface CallParts {
  /** As in a list. */
  readonly summary: CallSummary;
  /** Folded from its events. */
  readonly call: Call;
  /** In the order of recording. */
  readonly events: readonly HandledEvent[];
  /** The call that made it, if it is known. */
  readonly parent: Call | undefined;
  /** The calls that it made, the first one first. */
  readonly children: readonly CallSummary[];
  /** Whether it is expected, or was silent for too long. */
  readonly watch: Watch | undefined;
}

/**
 * Reads everything about a call, and at most 100 of the calls that it made; `undefined` if it has just been removed.
 *
 * @throws CallStatusError of the inbox
 * @example
 * ```ts
 * import type { Inbox } from '@call-status/core';
 * import { partsOf } from '@call-status/core/inbox';
 *
 * export async function statesOf(inbox: Inbox): Promise<readonly string[]> {
 *   const [summary] = (await inbox.listCalls({ limit: 1 })).rows;
 *   const parts = summary && (await partsOf(inbox, summary));
 *   return parts?.events.map(({ handling }) => handling.state) ?? [];
 * }
 * ```
 */
export async function partsOf(inbox: Inbox, summary: CallSummary): Promise<CallParts | undefined> {
  const { provider, callId, tenant, parentCallId } = summary;
  const [call, moved, parent, children, watch] = await Promise.all([
    inbox.getCall(provider, callId, tenant),
    inbox.exportCall?.(provider, callId, tenant),
    parentCallId === undefined ? undefined : inbox.getCall(provider, parentCallId, tenant),
    childrenOf(inbox, summary),
    inbox.watches.get(summary),
  ]);
  if (call === undefined) return undefined;
  const events = moved?.events ?? call.events.map((event) => ({ event }));
  return { summary, call, events: handledEvents(events), parent, children, watch };
}

async function childrenOf(inbox: Inbox, { provider, callId, firstEventAt, lastEventAt }: CallSummary) {
  const since = new Date(Date.parse(firstEventAt) - AROUND_MS);
  const until = new Date(Date.parse(lastEventAt) + AROUND_MS);
  const query = { provider, parentCallId: callId, since, until };
  const children: CallSummary[] = [];
  for await (const child of rowsOf((page) => inbox.listCalls({ ...query, ...page }), MOST_CHILDREN))
    children.unshift(child);
  return children;
}

function handledEvents(events: readonly MovedEvent[]): HandledEvent[] {
  const first = events.findIndex(({ job }) => job !== undefined);
  return events.map((moved, at) => ({ event: moved.event, handling: handlingOf(moved, at === first) }));
}

/** @param isFirst whether it is the first of its call that is not handled */
function handlingOf({ job, deadLetter }: MovedEvent, isFirst: boolean): Handling {
  if (deadLetter !== undefined) {
    const { attempts, error, deadAt, doneHandlers } = deadLetter;
    return { state: 'dead', failedAttempts: attempts, interruptions: 0, doneHandlers, error, deadAt };
  }
  if (job === undefined) return { state: 'handled', failedAttempts: 0, interruptions: 0, doneHandlers: [] };
  const { failures, interruptions, doneHandlers, suspect, retryInMs, error } = job;
  const isWaiting = retryInMs !== undefined && retryInMs > 0;
  const active = suspect ? 'running' : isWaiting ? 'retrying' : 'due';
  return {
    state: isFirst ? active : 'waiting',
    failedAttempts: failures,
    interruptions,
    doneHandlers,
    ...(error !== undefined && { error }),
    ...(isWaiting && { retryInMs }),
  };
}

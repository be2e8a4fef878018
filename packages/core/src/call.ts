import { CallStatusError } from './errors.ts';
import {
  type AnyCallStatusEvent,
  type CallDetails,
  type CallStatus,
  isTerminal,
  type TerminalStatus,
  type Transition,
} from './event.ts';

/** The state of one call, folded from its events. Plain JSON. */
export interface Call extends CallDetails {
  /** The provider that sent its events. */
  readonly provider: string;
  /** The provider's id for the call. */
  readonly callId: string;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
  /** The furthest status that it reached. */
  readonly status: CallStatus;
  /** Whether the call has ended. */
  readonly terminal: boolean;
  /** How it ended; absent while it is live. */
  readonly outcome?: TerminalStatus;
  /** `application` if `inbox.endCall` ended it. */
  readonly endedBy?: 'application';
  /**
   * When it was first `queued`: ISO 8601, UTC; by the provider's clock if it reports the time, else by ours. The same applies to the times
   * below.
   */
  readonly queuedAt?: string;
  /** When it was first `initiated`. */
  readonly initiatedAt?: string;
  /** When it was first `ringing`. */
  readonly ringingAt?: string;
  /** When it was answered, if the provider reports it, else when it was first `in-progress`. */
  readonly answeredAt?: string;
  /** When it first reached its final status. */
  readonly endedAt?: string;
  /** When its first event was received: ISO 8601, UTC, by our clock. */
  readonly firstEventAt: string;
  /** When its last event was received. */
  readonly lastEventAt: string;
  /** Its events without duplicates, ordered by status, not by arrival. */
  readonly events: readonly AnyCallStatusEvent[];
}

/** How far a call with this status has progressed. */
const PROGRESS: Readonly<Record<CallStatus, number>> = {
  unknown: 0,
  queued: 1,
  initiated: 2,
  ringing: 3,
  'in-progress': 4,
  completed: 6,
  busy: 6,
  'no-answer': 6,
  failed: 6,
  canceled: 6,
};

/** A terminal status that came after another one ranks above any live status, and below the one that stays. */
const PROGRESS_OF_CONFLICT = 5;

/**
 * What an event with the status `next` does to a call that has the status `current`, which is `undefined` for the call's first event.
 * An unknown status word does not move the call, so it is a `repeat`.
 * @example transitionOf('in-progress', 'ringing') // 'late'
 */
export function transitionOf(current: CallStatus | undefined, next: CallStatus): Exclude<Transition, 'duplicate'> {
  if (next === 'unknown' || next === current) return 'repeat';
  const before = PROGRESS[current ?? 'unknown'];
  const after = PROGRESS[next];
  if (after > before) return 'advance';
  return after < before ? 'late' : 'conflict';
}

/** How an application ended a call whose last callback never came. */
export interface ApplicationEnd {
  readonly status: TerminalStatus;
  /** When. ISO 8601, UTC. */
  readonly at: string;
}

/**
 * Folds the events of one call into its state. Neither their order nor duplicates change the result. Each detail comes from the furthest
 * event that has it (by status, sequence, time, id), so later events may add or correct details, but never remove them.
 *
 * @param events at least one; all of the same call
 * @param end how the application ended it, if it did; that stays, whatever its events say
 * @throws CallStatusError `invalid_options` if there is no event
 * @example foldCall([{ id: '1', provider: 'acme', callId: '7', status: 'busy', receivedAt: '' }]).outcome // 'busy'
 */
export function foldCall(events: readonly AnyCallStatusEvent[], end?: ApplicationEnd): Call {
  const ordered = [...events].sort(byProgress).filter((event, at, all) => event.id !== all[at - 1]?.id);
  const furthest = ordered.at(-1);
  if (furthest === undefined)
    throw new CallStatusError('invalid_options', { issues: ['a call has at least one event.'] });
  const { provider, callId, tenant } = furthest;
  const status = end?.status ?? furthest.status;
  return {
    provider,
    callId,
    ...(tenant !== undefined && { tenant }),
    status,
    terminal: isTerminal(status),
    ...(isTerminal(status) && { outcome: status }),
    ...(end !== undefined && { endedBy: 'application', endedAt: end.at }),
    ...detailsOf(ordered),
    ...timesOf(ordered, status),
    ...receiptsOf(ordered),
    events: ordered,
  };
}

function byProgress(a: AnyCallStatusEvent, b: AnyCallStatusEvent): number {
  return (
    progressOf(a) - progressOf(b) ||
    (a.sequence ?? -1) - (b.sequence ?? -1) ||
    compare(a.occurredAt ?? '', b.occurredAt ?? '') ||
    compare(a.id, b.id) ||
    compare(a.receivedAt, b.receivedAt)
  );
}

function progressOf({ status, transition }: AnyCallStatusEvent): number {
  return transition === 'conflict' ? PROGRESS_OF_CONFLICT : PROGRESS[status];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The details that a call takes over from its events. */
const DETAILS = [
  'direction',
  'from',
  'to',
  'callerName',
  'forwardedFrom',
  'line',
  'account',
  'stirVerstat',
  'startedAt',
  'parentCallId',
  'durationSeconds',
  'answeredBy',
  'machineDetection',
  'agent',
  'hangup',
  'recording',
  'legs',
  'sip',
  'quality',
  'error',
  'custom',
] as const satisfies readonly (keyof CallDetails)[];

function detailsOf(ordered: readonly AnyCallStatusEvent[]): Partial<Call> {
  const details: Record<string, unknown> = {};
  for (const event of ordered) {
    for (const name of DETAILS) {
      if (event[name] !== undefined) details[name] = event[name];
    }
    // Proof that the call was answered outweighs a later event that knew less. The first outcome stays, so a conflict proves nothing.
    if (event.answered === undefined || event.transition === 'conflict') continue;
    details['answered'] = details['answered'] === true || event.answered;
  }
  return details;
}

function receiptsOf(ordered: readonly AnyCallStatusEvent[]): Pick<Call, 'firstEventAt' | 'lastEventAt'> {
  const received = ordered.map(({ receivedAt }) => receivedAt).sort(compare);
  return { firstEventAt: received[0] as string, lastEventAt: received.at(-1) as string };
}

/** The field with the time at which a call reached a status. */
const TIMES = {
  queued: 'queuedAt',
  initiated: 'initiatedAt',
  ringing: 'ringingAt',
  'in-progress': 'answeredAt',
} as const satisfies Partial<Record<CallStatus, keyof Call>>;

function timesOf(ordered: readonly AnyCallStatusEvent[], current: CallStatus): Partial<Call> {
  const times: Record<string, string> = {};
  const names: Partial<Record<CallStatus, keyof Call>> = isTerminal(current)
    ? { ...TIMES, [current]: 'endedAt' }
    : TIMES;
  for (const { status, occurredAt, receivedAt } of ordered) {
    const name = names[status];
    if (name === undefined) continue;
    const time = occurredAt ?? receivedAt;
    const earliest = times[name];
    if (earliest === undefined || time < earliest) times[name] = time;
  }
  const told = ordered.findLast(({ answeredAt }) => answeredAt !== undefined)?.answeredAt;
  if (told !== undefined) times['answeredAt'] = told;
  return times;
}

import { transitionOf } from '../call.ts';
import { type CallStatus, isTerminal } from '../event.ts';
import { isRequested } from '../inbox/request-reconcile.ts';
import type {
  ReconcileRequest,
  ReconcileResult,
  Watch,
  WatchedState,
  WatchProgress,
  WatchReason,
} from '../inbox/watches.ts';
import type { NoAnswer, Obstacle } from './asker.ts';
import type { LiveStatus, ReconcileRules } from './rules.ts';

/** What a check depends on besides the watch. */
export interface CheckRules extends Pick<ReconcileRules, 'afterMs' | 'giveUpAfterMs'> {
  /** Why the provider cannot be asked, if so. */
  readonly obstacle: Obstacle | undefined;
  /** How long after the end of a call its figures may be missing, in milliseconds. */
  readonly settleMs: number;
  /** The present time, in milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 1, to spread out checks. */
  readonly random: number;
}

/** What was learned by asking the provider. */
export interface Learned extends NoAnswer {
  /** What the provider said instead. */
  readonly said?: 'not_found' | 'unknown';
  /** The call, if the provider knows it. */
  readonly found?: { readonly status: CallStatus; readonly settled: boolean };
}

/** What to do with a watched call. */
export type Step =
  | { readonly do: 'remove' }
  | { readonly do: 'ask' }
  /** Record the provider's answer: it moves the call. */
  | { readonly do: 'record' }
  | { readonly do: 'wait'; readonly dueInMs: number; readonly progress: WatchProgress }
  /** Tell the application, and then wait. */
  | { readonly do: 'tell'; readonly reason: WatchReason; readonly dueInMs: number; readonly progress: WatchProgress };

type Said = Extract<Step, { readonly do: 'wait' | 'tell' }>;

type Concluded = Said | { readonly do: 'record' };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long to wait after the provider was asked so many times. */
const PAUSES_MS: readonly number[] = [1, 2, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
const DAY_MS = 24 * HOUR_MS;

/** What to do with a watch that is due, before the provider is asked. */
export function look(watch: Watch, rules: CheckRules): Exclude<Step, { readonly do: 'record' }> {
  const { call, expected, progress } = watch;
  if (call === undefined && expected === undefined) return { do: 'remove' };
  if (isRequested(progress)) {
    const { obstacle } = rules;
    if (obstacle === undefined) return { do: 'ask' };
    return answerRequest(watch, sayOrWait(watch, progress, HOUR_MS, rules), { obstacle, wasAsked: false }, rules);
  }
  if (call !== undefined) {
    // A call that lives again is found anew when it falls silent.
    if (call.terminal || untilSilentMs(call, rules) > 0) return { do: 'remove' };
    const aliveForMs = progress.aliveAt === undefined ? 0 : silenceOf(call, rules) - since(progress.aliveAt, rules);
    if (aliveForMs > 0) return { do: 'wait', dueInMs: aliveForMs, progress };
  }
  if (isSaid(progress, 'not_ended')) {
    const isOver = call === undefined && progress.failed === undefined;
    return isOver ? { do: 'remove' } : { do: 'wait', dueInMs: DAY_MS, progress };
  }
  // A notice that failed is delivered again without asking again.
  if (progress.failures > 0 || rules.obstacle !== undefined) return sayOrWait(watch, progress, HOUR_MS, rules);
  return { do: 'ask' };
}

/** What to do after the provider was asked. */
export function conclude(watch: Watch, learned: Learned, rules: CheckRules): Concluded {
  const step = concluded(watch, learned, rules);
  if (step.do === 'record' || !isRequested(watch.progress)) return step;
  const isLimited = !learned.wasAsked && learned.retryInMs !== undefined;
  const isSettling = step.progress.unsettled !== watch.progress.unsettled;
  if (isLimited || isSettling) return { do: 'wait', dueInMs: step.dueInMs, progress: step.progress };
  return answerRequest(watch, step, learned, rules);
}

function concluded(watch: Watch, { found, wasAsked, retryInMs }: Learned, rules: CheckRules): Concluded {
  const { call, progress } = watch;
  if (!wasAsked) {
    const waits = retryInMs !== undefined && !isGivenUp(watch, rules);
    return waits
      ? { do: 'wait', dueInMs: retryInMs, progress }
      : sayOrWait(watch, progress, retryInMs ?? HOUR_MS, rules);
  }
  const asked = { ...progress, asked: progress.asked + 1 };
  if (found === undefined || found.status === 'unknown') {
    const pauseMs = rules.random * pauseAfter(progress.asked);
    return sayOrWait(watch, asked, Math.max(pauseMs, retryInMs ?? 0), rules);
  }
  if (call !== undefined && !isNews(found.status, call)) {
    const aliveAt = new Date(rules.now).toISOString();
    return { do: 'wait', dueInMs: silenceOf(call, rules), progress: { ...asked, aliveAt } };
  }
  const { unsettled = 0 } = progress;
  const waitedMs = PAUSES_MS.slice(0, unsettled).reduce((sum, ms) => sum + ms, 0);
  if (found.settled || waitedMs >= rules.settleMs) return { do: 'record' };
  return { do: 'wait', dueInMs: pauseAfter(unsettled), progress: { ...asked, unsettled: unsettled + 1 } };
}

/** After its end, only the end itself may have more to say: how long it was. */
function isNews(status: CallStatus, { status: known, terminal }: WatchedState): boolean {
  return terminal ? isTerminal(status) : transitionOf(known, status) === 'advance';
}

/** Stores what came of a request. It is no reason to tell the application earlier than a check would. */
function answerRequest(watch: Watch, step: Said, learned: Learned, rules: CheckRules): Said {
  const { call, progress } = watch;
  const request = progress.request as ReconcileRequest;
  const { httpStatus } = learned;
  const answer = { ...request, result: resultOf(learned), ...(httpStatus !== undefined && { httpStatus }) };
  const answered = { ...step.progress, request: answer };
  // A call that is only expected was watched before.
  const untilCheckMs = call === undefined ? -since(request.checkAt as string, rules) : untilSilentMs(call, rules);
  return untilCheckMs > 0 ? { do: 'wait', dueInMs: untilCheckMs, progress: answered } : { ...step, progress: answered };
}

function resultOf({ obstacle, said, found }: Learned): ReconcileResult {
  if (found === undefined) return obstacle ?? said ?? 'failed';
  return found.status === 'unknown' ? 'unknown' : 'unchanged';
}

/** Nothing was learned: tells the application what it has not been told, and waits. */
function sayOrWait(watch: Watch, progress: WatchProgress, pauseMs: number, rules: CheckRules): Said {
  const leftMs = rules.giveUpAfterMs - silentFor(watch, rules);
  const dueInMs = leftMs > 0 ? Math.min(pauseMs, leftMs) : pauseMs;
  const reason = reasonFor(watch, rules);
  return isSaid(progress, reason) ? { do: 'wait', dueInMs, progress } : { do: 'tell', reason, dueInMs, progress };
}

function reasonFor(watch: Watch, rules: CheckRules): WatchReason {
  const isUnknown = watch.call === undefined;
  if (isUnknown && !isSaid(watch.progress, 'never_reported')) return 'never_reported';
  if (isGivenUp(watch, rules)) return 'not_ended';
  return isUnknown ? 'never_reported' : 'stuck';
}

/** Whether the application was told, or could not be told at any attempt. */
function isSaid({ told, failed }: WatchProgress, reason: WatchReason): boolean {
  return told.includes(reason) || failed?.reason === reason;
}

function isGivenUp(watch: Watch, rules: CheckRules): boolean {
  return silentFor(watch, rules) >= rules.giveUpAfterMs;
}

/** Milliseconds since the last sign of life. */
function silentFor(watch: Watch, rules: CheckRules): number {
  const { call, progress } = watch;
  const event = since(call?.lastEventAt ?? watch.since, rules);
  return progress.aliveAt === undefined ? event : Math.min(event, since(progress.aliveAt, rules));
}

/** Milliseconds until a call has been silent for too long. One that has ended is kept for an hour, so that a result can be seen. */
function untilSilentMs(call: WatchedState, rules: CheckRules): number {
  return call.terminal ? HOUR_MS : silenceOf(call, rules) - since(call.lastEventAt, rules);
}

/** How long the call may be silent. */
function silenceOf({ status }: WatchedState, { afterMs }: CheckRules): number {
  return afterMs[status as LiveStatus];
}

function since(time: string, { now }: CheckRules): number {
  return now - Date.parse(time);
}

function pauseAfter(count: number): number {
  return PAUSES_MS[Math.min(count, PAUSES_MS.length - 1)] as number;
}

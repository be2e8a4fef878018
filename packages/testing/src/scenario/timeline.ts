import { type CallStatus, isTerminal } from '@call-status/core';
import type { Random } from '../random.ts';
import { hex } from './formats.ts';
import type { Moment, Step } from './script.ts';

/** A step with its result. */
export interface PlannedStep extends Step {
  readonly status: CallStatus;
}

/** What the moments of one call have in common. */
export interface Timing {
  /** The call ids of the two legs. */
  readonly ids: readonly [string, string];
  /** Different for each call. */
  readonly number: number;
  readonly isInbound: boolean;
  /** When the last callback is made. */
  readonly endMs: number;
}

/** A leg, in seconds since the call began. */
interface Leg {
  readonly startedAt: number;
  answeredAt?: number;
  endedAt?: number;
  count: number;
}

const RING_SECONDS = 20;
const ANSWER_SECONDS = 4;

/** When each callback of a call is made. Calls take half a minute to three minutes after their answer. */
export function momentsOf(steps: readonly PlannedStep[], timing: Timing, random: Random): readonly Moment[] {
  const talk = 30 + random.below(150);
  const legs: [Leg?, Leg?] = [];
  let now = 0;
  const drafts = steps.map((step) => {
    const at = step.ofLeg ? 1 : 0;
    const known = legs[at];
    // A call that is known only by its end began before its legs.
    now +=
      known === undefined ? (at === 0 && legs[1] !== undefined ? 1 : sinceStart(step, talk)) : since(known, step, talk);
    const leg = known ?? { startedAt: now - sinceStart(step, talk), count: 0 };
    legs[at] = leg;
    if (step.status === 'in-progress') leg.answeredAt ??= now;
    if (isTerminal(step.status) && leg.endedAt === undefined) {
      leg.endedAt = now;
      if (step.status === 'completed') leg.answeredAt ??= now - talk;
    }
    return { step, leg, at: now, sequence: leg.count++ };
  });
  const zeroMs = Math.floor(timing.endMs / 1000 - now) * 1000;
  return drafts.map(({ step, leg, at, sequence }, index): Moment => {
    const { startedAt, answeredAt = Infinity, endedAt = Infinity } = leg;
    const [callId, legId] = timing.ids;
    return {
      fixture: step.fixture,
      atMs: zeroMs + at * 1000,
      startedMs: zeroMs + startedAt * 1000,
      ...(answeredAt <= at && { answeredMs: zeroMs + answeredAt * 1000 }),
      talkSeconds: Math.max(0, Math.min(at, endedAt) - answeredAt),
      isTerminal: isTerminal(step.status),
      sequence,
      callId: step.ofLeg ? legId : callId,
      ...(step.ofLeg && { parentCallId: callId }),
      isInbound: timing.isInbound && !step.ofLeg,
      id: hex(timing.number * 16 + index, 12),
    };
  });
}

/** How long a leg has existed when its first callback is made. */
function sinceStart({ status }: PlannedStep, talk: number): number {
  if (status === 'completed') return ANSWER_SECONDS + talk;
  if (isTerminal(status)) return RING_SECONDS;
  if (status === 'in-progress') return ANSWER_SECONDS;
  return status === 'ringing' ? 1 : 0;
}

/** The time since the callback before. */
function since(leg: Leg, { status }: PlannedStep, talk: number): number {
  if (status === 'in-progress') return ANSWER_SECONDS;
  if (!isTerminal(status) || leg.endedAt !== undefined) return 1;
  if (leg.answeredAt !== undefined) return talk;
  return status === 'completed' ? ANSWER_SECONDS + talk : RING_SECONDS;
}

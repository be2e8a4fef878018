import type { CallStatus } from '@call-status/core';

/** A call of the filled store. Times are milliseconds since 1970. */
export interface FilledCall {
  readonly provider: string;
  readonly callId: string;
  readonly status: CallStatus;
  readonly isLive: boolean;
  readonly from: string;
  readonly to: string;
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  readonly isAnswered: boolean | null;
  readonly hasConflict: boolean;
  readonly hasDeadLetter: boolean;
}

const DAY_MS = 86_400_000;

/** An eighth of the calls began in the last half hour, and most of them are live. Each of those has an event in 200 seconds. */
const RECENT = 1 / 8;
const RECENT_MS = 1_800_000;
const QUIET_MS = 200_000;

const MIX: readonly CallStatus[] = Array.from({ length: 100 }, (_, at) => {
  if (at < 70) return 'completed';
  if (at < 85) return 'no-answer';
  if (at < 95) return 'busy';
  return at < 99 ? 'failed' : 'canceled';
});

/** The call with this number, from 1 on: the older ones of the last 30 days first. With a million calls, 100,000 are live. */
export function callAt(number: number, calls: number, now: number): FilledCall {
  const old = Math.floor(calls * (1 - RECENT));
  const isRecent = number > old;
  const isStuck = !isRecent && number % 2000 === 7;
  const isLive = isStuck || (isRecent && number % 5 !== 0);
  const mixed = Math.imul(number, 0x9e3779b1) >>> 0;
  const firstEventAt = isRecent
    ? now - Math.floor((RECENT_MS * (calls - number)) / (calls - old))
    : now - RECENT_MS - Math.floor((30 * DAY_MS * (old - number)) / old);
  const lastEventAt = isRecent && isLive ? now - (mixed % QUIET_MS) : firstEventAt + (mixed % 60_000);
  const ended = MIX[mixed % 100] as CallStatus;
  const live = mixed % 10 === 0 ? 'queued' : mixed % 10 < 3 ? 'ringing' : 'in-progress';
  const isAnswered = isLive ? (live === 'in-progress' ? true : null) : ended === 'completed';
  return {
    provider: number % 1000 === 0 ? 'rare' : (['acme', 'zenith', 'omega'][number % 3] ?? ''),
    // Ids of real calls come in no order.
    callId: `${mixed.toString(16).padStart(8, '0')}-${number}`,
    status: isLive ? live : ended,
    isLive,
    from: `+1555${String(mixed % 10_000_000).padStart(7, '0')}`,
    to: `+1555${String(Math.imul(number, 104_729) >>> 0)
      .slice(-7)
      .padStart(7, '0')}`,
    firstEventAt,
    lastEventAt: Math.min(now, Math.max(firstEventAt, lastEventAt)),
    isAnswered,
    hasConflict: number % 5000 === 1,
    hasDeadLetter: !isLive && number % 10_000 === 3,
  };
}

/** What the provider sent: as long as SignalWire's last callback. */
export const RAW: string = 'x'.repeat(500);

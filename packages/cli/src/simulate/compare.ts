import { setTimeout as sleep } from 'node:timers/promises';
import type { CallStatus, Inbox } from '@call-status/core';
import { isTerminal } from '@call-status/core';
import type { Ledger } from './ledger.ts';

/** What a call has, or should have. */
export interface CallState {
  readonly status: CallStatus;
  readonly terminal: boolean;
  readonly eventCount: number;
}

/** A call that is not as expected. */
export interface Difference {
  readonly provider: string;
  readonly callId: string;
  readonly expected: CallState;
  /** Absent if the inbox does not have the call. */
  readonly found?: CallState;
}

/** The result of a comparison. */
export interface Comparison {
  readonly compared: number;
  readonly count: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
  /** Whether handlers were still to run at the end of the waiting. */
  readonly isBusy: boolean;
}

/** So many differences are kept. */
const SHOWN = 20;
/** So many calls are read at a time. */
const READERS = 8;
const PAUSE_MS = 100;

/** Compares every expected call with an inbox, once it is idle, or has been waited for. */
export async function compare(ledger: Ledger, inbox: Inbox, waitMs: number): Promise<Comparison> {
  const isBusy = !(await becomesIdle(inbox, waitMs));
  const differences: Difference[] = [];
  let count = 0;
  const calls = ledger[Symbol.iterator]();
  const read = async (): Promise<void> => {
    for (const { provider, callId, status, eventCount } of calls) {
      const expected = { status, terminal: isTerminal(status), eventCount };
      const found = await stateOf(inbox, provider, callId);
      if (isSame(expected, found)) continue;
      count++;
      if (differences.length < SHOWN) differences.push({ provider, callId, expected, ...(found && { found }) });
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return { compared: ledger.size, count, differences, isBusy };
}

/** Whether no event is due, is handled, or waits for another. Those that wait for a retry may take days. */
async function becomesIdle(inbox: Inbox, waitMs: number): Promise<boolean> {
  const endsAt = performance.now() + waitMs;
  for (;;) {
    const { due, running, workers } = await inbox.health();
    if (running === 0 && (due === 0 || workers.length === 0)) return true;
    if (performance.now() >= endsAt) return false;
    await sleep(PAUSE_MS);
  }
}

async function stateOf(inbox: Inbox, provider: string, callId: string): Promise<CallState | undefined> {
  const call = await inbox.getCall(provider, callId);
  return call && { status: call.status, terminal: call.terminal, eventCount: call.events.length };
}

function isSame(expected: CallState, found: CallState | undefined): boolean {
  return (
    found?.status === expected.status &&
    found.terminal === expected.terminal &&
    found.eventCount === expected.eventCount
  );
}

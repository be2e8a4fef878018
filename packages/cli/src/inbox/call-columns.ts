import { type CallStatus, type CallSummary, isTerminal } from '@call-status/core';
import { ago, duration } from '../output/duration.ts';
import type { Output, Style } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import type { Privacy } from './privacy.ts';

/** A call id is cut in lists: its beginning is enough for `show`. */
const SHOWN_OF_ID = 12;

/** The columns of a list of calls. */
export function callColumns(privacy: Privacy, { style }: Output, nowMs: number = Date.now()): Column<CallSummary>[] {
  return [
    { title: 'STATUS', text: ({ status }) => status, style: ({ status }) => styleOf(status, style) },
    { title: 'PROVIDER', text: ({ provider }) => provider, isOptional: true },
    { title: 'CALL', text: ({ callId }) => shortId(callId, privacy) },
    { title: 'FROM → TO', text: (call) => parties(call, privacy), shrinks: 11 },
    { title: 'STARTED', isOptional: true, text: ({ firstEventAt }) => ago(firstEventAt, nowMs) },
    { title: 'DURATION', text: (call) => lengthOf(call, nowMs), align: 'right', isOptional: true },
    { title: 'EVENTS', text: ({ eventCount }) => String(eventCount), align: 'right', isOptional: true },
    { title: '', text: (call) => marksOf(call).join(' '), style: () => style.yellow, shrinks: 4 },
  ];
}

/** What is the matter with a call, in one word each. */
export function marksOf({ hasDeadLetter, hasConflict, hasLate }: CallSummary): string[] {
  return [...(hasDeadLetter ? ['dead'] : []), ...(hasConflict ? ['conflict'] : []), ...(hasLate ? ['late'] : [])];
}

/** `8b77c41c…`. */
export function shortId(callId: string, { id }: Privacy): string {
  const shown = id(callId);
  return shown.length > SHOWN_OF_ID ? `${shown.slice(0, SHOWN_OF_ID - 4)}…` : shown;
}

/** `+1555•••4567 → +1800•••22`. */
export function parties({ from, to }: Pick<CallSummary, 'from' | 'to'>, { text }: Privacy): string {
  return from === undefined && to === undefined ? '' : `${short(text(from ?? '?'))} → ${short(text(to ?? '?'))}`;
}

/** A callback may have a text of any length in the place of a number. */
function short(party: string): string {
  return party.length > LONGEST_PARTY ? `${party.slice(0, LONGEST_PARTY - 1)}…` : party;
}

const LONGEST_PARTY = 80;

/** Colors: how a status is shown. */
export function styleOf(status: CallStatus, style: Output['style']): Style | undefined {
  if (status === 'completed') return style.green;
  if (status === 'failed') return style.red;
  return isTerminal(status) ? style.yellow : style.bold;
}

/** Of a live call, how long it has been going on. */
function lengthOf({ durationSeconds, terminal, answeredAt, firstEventAt }: CallSummary, nowMs: number): string {
  if (durationSeconds !== undefined) return duration(durationSeconds * 1000);
  return terminal ? '' : duration(Math.max(0, nowMs - Date.parse(answeredAt ?? firstEventAt)));
}

import { CALL_STATUSES, type CallStatus, isTerminal } from '@call-status/core';
import type { CallQuery } from '@call-status/core/inbox';
import type { Value } from '../database/engine.ts';
import { type Condition, isContradiction, isOfLiveCalls } from './filter.ts';

/** A part of an index of calls that is sorted by time. */
export interface Part extends Condition {
  readonly index: string;
  /** Whether every call in it matches the query, apart from its time. */
  readonly isExact: boolean;
}

/** Those that have calls. */
export interface ProviderNames {
  /** At least those with live calls. */
  readonly live: () => readonly string[];
  /** Those with ended calls. */
  readonly ended: () => readonly string[];
}

/** The shortest parts of indexes that have all calls of a query. */
export function partsOf(query: CallQuery, providers: ProviderNames): readonly Part[] {
  if (isContradiction(query)) return [];
  if (query.hasDeadLetter === true) return [partOf('calls_with_dead_letters', 'dead_letters > 0')];
  if (query.hasConflict === true) return [partOf('calls_in_conflict', 'has_conflict = 1')];
  if (isOfLiveCalls(query)) return liveParts(query, providers);
  const ended = endedParts(query, providers);
  return query.state === 'ended' || isOfEndedCalls(query) ? ended : [...ended, ...liveParts(query, providers)];
}

function liveParts(query: CallQuery, { live }: ProviderNames): Part[] {
  const isExact = isPlain(query) && query.status === undefined;
  const wanted = query.provider === undefined ? live() : [query.provider];
  return wanted.map((provider) => partOf('calls_live', 'terminal = 0 AND provider = ?', [provider], isExact));
}

function endedParts(query: CallQuery, providers: ProviderNames): Part[] {
  const isExact = isPlain(query);
  if (query.provider === undefined && query.status === undefined) {
    return [partOf('calls_ended', 'terminal = 1', [], isExact)];
  }
  const statuses = statusesOf(query).filter(isTerminal);
  const wanted = query.provider === undefined ? providers.ended() : [query.provider];
  return wanted.flatMap((provider) =>
    statuses.map((status) =>
      partOf('calls_by_outcome', 'terminal = 1 AND provider = ? AND status = ?', [provider, status], isExact),
    ),
  );
}

/** Whether a query asks of a call only what these indexes are sorted by. */
function isPlain({ provider, state, status, since, until, cursor, limit, ...others }: CallQuery): boolean {
  return Object.values(others).every((part) => part === undefined);
}

function isOfEndedCalls(query: CallQuery): boolean {
  return statusesOf(query).every(isTerminal);
}

function statusesOf({ status }: CallQuery): readonly CallStatus[] {
  return status === undefined ? CALL_STATUSES : [...new Set([status].flat())];
}

function partOf(index: string, sql: string, values: readonly Value[] = [], isExact = false): Part {
  return { index, sql, values, isExact };
}

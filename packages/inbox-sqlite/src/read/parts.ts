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

/** The shortest parts of indexes that have all calls of a query. @param providers those whose calls are or were live */
export function partsOf(query: CallQuery, providers: () => readonly string[]): readonly Part[] {
  if (isContradiction(query)) return [];
  if (query.hasDeadLetter === true) return [partOf('calls_with_dead_letters', 'dead_letters > 0')];
  if (query.hasConflict === true) return [partOf('calls_in_conflict', 'has_conflict = 1')];
  const wanted = query.provider === undefined ? providers() : [query.provider];
  const live = (): Part[] => {
    const isExact = isPlain(query) && query.status === undefined;
    return wanted.map((provider) => partOf('calls_live', 'terminal = 0 AND provider = ?', [provider], isExact));
  };
  if (isOfLiveCalls(query)) return live();
  const ended = endedParts(query, wanted);
  return query.state === 'ended' || isOfEndedCalls(query) ? ended : [...ended, ...live()];
}

function endedParts(query: CallQuery, providers: readonly string[]): Part[] {
  const isExact = isPlain(query);
  if (query.provider === undefined && query.status === undefined) {
    return [partOf('calls_ended', 'terminal = 1', [], isExact)];
  }
  const statuses = statusesOf(query).filter(isTerminal);
  return providers.flatMap((provider) =>
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

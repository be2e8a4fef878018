import type { Parts, Visit } from './route.ts';
import type { DeadResult } from './types.ts';

/** Logs who changed what, and answers how much. */
export function logged(
  action: 'replay' | 'discard' | 'reconcile' | 'forget',
  count: number,
  { visitor: { user = 'unknown' } }: Visit,
  { log }: Parts,
): DeadResult {
  log.changed({ user, action, count }, `A visitor of the board ${DONE[action]}.`);
  return { count };
}

const DONE = {
  replay: 'replayed dead letters',
  discard: 'discarded dead letters',
  reconcile: 'had a provider asked about a call',
  forget: 'erased a call',
} as const;

import type { Parts, Visit } from './route.ts';
import type { DeadResult } from './types.ts';

/** Logs who changed what, and answers how much. */
export function logged(
  action: 'replay' | 'discard' | 'forget',
  count: number,
  { visitor: { user = 'unknown' } }: Visit,
  { log }: Parts,
): DeadResult {
  const details = { user, action, count };
  const message = `A visitor of the board ${DONE[action]}.`;
  if (log.info === undefined) log.warn(details, message);
  else log.info(details, message);
  return { count };
}

const DONE = {
  replay: 'replayed dead letters',
  discard: 'discarded dead letters',
  forget: 'erased a call',
} as const;

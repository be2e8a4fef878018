import { isTerminal } from '../../../event.ts';
import { checkOptions } from '../../../rules/check-options.ts';
import { StatsTally } from '../../rows/stats-rows.ts';
import type { StatsQuery, StatsRow } from '../../stats.ts';
import type { KeptCalls } from '../calls/kept-calls.ts';
import { inSteps, QUERIES } from './pages.ts';

/** @param nowMs the time, in milliseconds since 1970 */
export async function readStats(calls: KeptCalls, query: StatsQuery, nowMs: number): Promise<readonly StatsRow[]> {
  checkOptions('the query of stats()', query, QUERIES.stats);
  const tally = new StatsTally(query, nowMs);
  for await (const entries of inSteps(calls.inOrder)) {
    for (const { item: queue } of entries) if (isTerminal(queue.status)) tally.add(queue.toRow());
  }
  return tally.rows();
}

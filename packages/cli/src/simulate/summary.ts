import { FAULT_NAMES, type FaultName } from '@call-status/testing';
import { duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import type { CallState, Comparison, Difference } from './compare.ts';
import { flagOfFault } from './read-args.ts';
import type { Tally } from './tally.ts';

/** What a simulation did. */
export interface Summary {
  readonly seed: number;
  readonly tally: Tally;
  readonly durationMs: number;
  /** For the command that looks at the result. */
  readonly db: string | undefined;
}

const FAULT_WORDS: Readonly<Record<FaultName, string>> = {
  duplicate: 'duplicates',
  shuffle: 'out of order',
  late: 'late',
  drop: 'dropped',
  dropTerminal: 'without terminal event',
  wrongPort: 'for another port',
  multipart: 'in another encoding',
  slow: 'slow',
  abort: 'broken off',
};

/** Prints what was sent, what was answered, and what the inbox must have. */
export function printSummary({ seed, tally, durationMs, db }: Summary, output: Output): void {
  const { calls, callbacks, answers, unanswered, latency, expected, faults } = tally;
  const rate = perSecond(callbacks, durationMs);
  const statuses = [...answers].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${grouped(count)}`);
  if (unanswered > 0) statuses.push(output.style.red(`no answer: ${grouped(unanswered)}`));
  const times = `p50 ${duration(latency.percentile(0.5))}  p99 ${duration(latency.percentile(0.99))}`;
  const happened = FAULT_NAMES.filter((name) => faults[name] > 0).map(
    (name) => `${FAULT_WORDS[name]} ${grouped(faults[name])}`,
  );
  const sent = `${grouped(calls)} calls, ${grouped(callbacks)} callbacks in ${duration(durationMs)} (${grouped(rate)}/s)`;
  const check = `call-status inbox ls ${db === undefined || db.includes('://') ? (db === undefined ? 'calls.db' : '…') : db} --state live`;
  output.result(`  seed ${seed}   ${sent}    ${statuses.join('   ')}   ${times}`);
  if (happened.length > 0) output.result(`  sent     ${happened.join(' · ')}`);
  output.result(`  expected ended ${grouped(expected.ended)} · live ${grouped(expected.live)}       check: ${check}`);
}

/** The summary as JSON. */
export function summaryRow({ seed, tally, durationMs }: Summary, comparison: Comparison | undefined): object {
  const { calls, callbacks, answers, unanswered, latency, expected, faults } = tally;
  return {
    kind: 'summary',
    seed,
    calls,
    callbacks,
    durationMs: Math.round(durationMs),
    perSecond: perSecond(callbacks, durationMs),
    answers: Object.fromEntries(answers),
    unanswered,
    p50Ms: rounded(latency.percentile(0.5)),
    p99Ms: rounded(latency.percentile(0.99)),
    faults: Object.fromEntries(FAULT_NAMES.map((name) => [flagOfFault(name), faults[name]])),
    expected,
    ...(comparison && { compared: comparison.compared, differences: comparison.count, inboxIsBusy: comparison.isBusy }),
  };
}

/** Prints the result of `--assert`. */
export function printComparison({ compared, count, differences, isBusy }: Comparison, output: Output): void {
  if (isBusy) output.note('The handlers of the inbox are still at work. To wait longer, give --wait 1m.');
  for (const difference of differences) output.row({ kind: 'difference', ...difference });
  if (count === 0) {
    output.result(`  ${output.style.green('inbox')}    all ${grouped(compared)} calls are as expected`);
    return;
  }
  output.result(
    `  ${output.style.red('inbox')}    ${grouped(count)} of ${grouped(compared)} calls are not as expected`,
  );
  output.result(
    table<Difference>(
      differences,
      [
        { title: 'PROVIDER', text: ({ provider }) => provider },
        { title: 'CALL', text: ({ callId }) => callId },
        { title: 'EXPECTED', text: ({ expected }) => shown(expected) },
        { title: 'FOUND', text: ({ found }) => (found === undefined ? 'no such call' : shown(found)) },
      ],
      output,
    ),
  );
  if (count > differences.length) output.result(`  and ${grouped(count - differences.length)} more`);
}

function shown({ status, eventCount }: CallState): string {
  return `${status}, ${eventCount} ${eventCount === 1 ? 'event' : 'events'}`;
}

/** How many a second, as a whole number. */
export function perSecond(count: number, ms: number): number {
  return Math.round((count * 1000) / Math.max(ms, 1));
}

/** `12,345`. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

import type { StatsQuery, StatsRow } from '@call-status/core/inbox';
import { wrongUsage } from '../../cli-error.ts';
import { type Command, command } from '../../command.ts';
import { INBOX_ARGS, reading } from '../../inbox/open.ts';
import { spanOf, timeOf } from '../../input/spans.ts';
import { duration } from '../../output/duration.ts';
import type { Output } from '../../output/output.ts';
import { type Column, table } from '../../output/table.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Longer periods are shown by the day. */
const MOST_HOURS_MS = 2 * DAY_MS;

const MOST_BUCKETS = 1000;

const stats: Command = command({
  about: `Counts calls that ended, by hour or by day (UTC): how many were answered, how long they lasted, and how they sounded. Each call counts
once, when it ended. RATE is of the calls for which it is known whether they were answered.`,
  args: {
    ...INBOX_ARGS,
    since: { type: 'string', valueHint: 'time', default: '24h', description: 'Ended since then: a time, or 1h, 7d' },
    until: { type: 'string', valueHint: 'time', description: 'Ended before' },
    every: { type: 'string', valueHint: 'span', description: 'How long a row is [1h; 1d for more than two days]' },
    by: {
      type: 'enum',
      options: ['provider', 'status', 'direction', 'sip', 'error'],
      description: 'A row for each',
    },
    provider: { type: 'string', valueHint: 'name', description: 'Calls of this provider' },
  },
  examples: [
    ['inbox stats calls.db', 'Shows the last 24 hours, and which SIP codes there were'],
    ['inbox stats calls.db --since 7d --by status', 'Shows how the calls of a week ended'],
  ],
  async run({ args, output }) {
    const nowMs = Date.now();
    const end = args.until === undefined ? nowMs : Date.parse(timeOf(args.until, '--until'));
    const start = Date.parse(timeOf(args.since, '--since'));
    if (start >= end) throw wrongUsage('--since is not before --until.');
    const bucketMs = args.every === undefined ? usualBucket(end - start) : spanOf(args.every, '--every');
    // Rows begin with the hour, or the day.
    const since = new Date(Math.floor(start / bucketMs) * bucketMs);
    if ((end - since.getTime()) / bucketMs > MOST_BUCKETS) {
      throw wrongUsage(`That is more than ${MOST_BUCKETS} rows.`, 'Choose a longer --every, or a later --since.');
    }
    const query: StatsQuery = {
      since,
      ...(args.until !== undefined && { until: new Date(end) }),
      bucketMs,
      ...(args.provider !== undefined && { provider: args.provider }),
    };
    await reading(args, async (inbox) => {
      const rows = await inbox.stats({ ...query, ...(args.by !== undefined && { by: args.by }) });
      for (const row of rows) output.row(row);
      if (rows.length === 0) {
        return output.note(
          `No call ended since ${since.toISOString()}, by the times that the providers gave. Choose an earlier --since.`,
        );
      }
      output.result(table(rows, columnsOf(args.by, output), output));
      if (args.by !== undefined || output.isJson) return;
      const whole = await inbox.stats({
        ...query,
        bucketMs: Math.max(1000, end - since.getTime() + DAY_MS),
        by: 'sip',
      });
      const codes = whole.filter(({ group }) => group !== undefined).sort((a, b) => b.calls - a.calls);
      if (codes.length > 0)
        output.result(`\n  SIP  ${codes.map(({ group, calls }) => `${group}: ${calls}`).join('   ')}`);
    });
    return 0;
  },
});

export default stats;

function usualBucket(ms: number): number {
  return ms <= MOST_HOURS_MS ? HOUR_MS : DAY_MS;
}

function columnsOf(by: string | undefined, { style }: Output): Column<StatsRow>[] {
  const seconds = (value: number | undefined) => (value === undefined ? '' : duration(value * 1000));
  return [
    { title: 'FROM (UTC)', text: ({ from, partial }) => from.slice(0, 16).replace('T', ' ') + (partial ? ' …' : '') },
    ...(by === undefined ? [] : [{ title: by.toUpperCase(), text: ({ group = '-' }: StatsRow) => group }]),
    { title: 'CALLS', text: ({ calls }) => String(calls), align: 'right' },
    { title: 'ANSWERED', text: ({ answered }) => String(answered), align: 'right' },
    { title: 'RATE', text: rateOf, align: 'right', style: () => style.bold },
    { title: 'MEDIAN', text: ({ durationSeconds }) => seconds(durationSeconds?.p50), align: 'right', isOptional: true },
    { title: 'P90', text: ({ durationSeconds }) => seconds(durationSeconds?.p90), align: 'right', isOptional: true },
    {
      title: 'RANG',
      text: ({ ringMs }) => (ringMs === undefined ? '' : duration(ringMs.p50)),
      align: 'right',
      isOptional: true,
    },
    { title: 'MOS', text: ({ mos }) => (mos === undefined ? '' : mos.avg.toFixed(2)), align: 'right' },
  ];
}

function rateOf({ answered, answerKnown }: StatsRow): string {
  return answerKnown === 0 ? '' : `${Math.round((100 * answered) / answerKnown)} %`;
}

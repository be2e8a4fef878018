import { useEffect } from 'preact/hooks';
import type { StatsPage } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { paused } from '../api/live.ts';
import { BarTable } from '../charts/bar-table.tsx';
import { formatScore, formatSeconds, formatShort } from '../charts/figures.ts';
import { bucketsOf, figureOf, outcomesOf, providerErrors, sipFailures } from '../charts/from-stats.ts';
import { countScale, fixedScale, secondsScale } from '../charts/scale.ts';
import type { Series } from '../charts/series.ts';
import { Patterns } from '../charts/swatch.tsx';
import { TimeChart } from '../charts/time-chart.tsx';
import { rangeStart } from '../charts/time-ticks.ts';
import { FailureNotice } from '../shared/notices.tsx';
import { now } from '../shared/time.tsx';
import { useLoad } from '../shared/use-load.ts';
import { provider, range } from '../shell/router.ts';

const RELOAD_MS = 30_000;
const MOST_BARS = 8;
const MINUTE = 60_000;
/** The length of a bucket for each range: about 30 in all. */
const BUCKETS: Readonly<Record<string, number>> = {
  '15m': MINUTE,
  '1h': 2 * MINUTE,
  '24h': 60 * MINUTE,
  '7d': 6 * 60 * MINUTE,
  '30d': 24 * 60 * MINUTE,
};

interface Pages {
  readonly byStatus: StatsPage;
  readonly overall: StatsPage;
  readonly bySip: StatsPage;
  readonly byError: StatsPage;
}

async function load(rangeMs: number, bucketMs: number, of: string, signal: AbortSignal): Promise<Pages> {
  const since = new Date(rangeStart(now.peek(), rangeMs, bucketMs)).toISOString();
  const stats = (by?: string, length = bucketMs) =>
    get<StatsPage>('stats', { since, bucketMs: length, by, provider: of }, signal);
  const [byStatus, overall, bySip, byError] = await Promise.all([
    stats('status'),
    stats(),
    stats('sip', rangeMs),
    stats('error', rangeMs),
  ]);
  return { byStatus, overall, bySip, byError };
}

/** The ended calls of the range, over time. */
export function Charts() {
  const { name, ms, label } = range.value;
  const bucketMs = BUCKETS[name] ?? ms;
  const { data, failure, reload } = useLoad(
    (signal) => load(ms, bucketMs, provider.value, signal),
    [name, provider.value],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && !paused.value) reload();
    }, RELOAD_MS);
    return () => clearInterval(timer);
  }, [name, provider.value]);
  return (
    <section aria-labelledby="charts">
      <h2 id="charts">Calls that ended: {label}</h2>
      {failure && <FailureNotice failure={failure} retry={reload} />}
      {data && <Figures {...data} label={label} />}
    </section>
  );
}

function Figures({ byStatus, overall, bySip, byError, label }: Pages & { readonly label: string }) {
  const { outcomes, answered } = outcomesOf(byStatus);
  const buckets = bucketsOf(overall);
  const line = (
    name: string,
    tone: string,
    format: Series['format'],
    pick: Parameters<typeof figureOf>[1],
  ): Series => ({
    name,
    tone,
    format,
    values: figureOf(overall, pick),
  });
  const common = { buckets, summary: 'latest' };
  return (
    <div class="charts">
      <Patterns />
      <div class="wide">
        <TimeChart
          {...common}
          title="Outcomes"
          about="Calls by outcome, stacked, with the share of answered calls as a line."
          summary={label}
          bars={outcomes}
          rate={answered}
          scale={countScale}
          format={formatShort}
          empty="No call ended in this time."
        />
      </div>
      <TimeChart
        {...common}
        title="Duration"
        about="The length of calls: the median, and the time that nine of ten calls do not exceed."
        lines={[
          line('median', 'tone-1', formatSeconds, (row) => row.durationSeconds?.p50),
          line('p90', 'tone-2', formatSeconds, (row) => row.durationSeconds?.p90),
        ]}
        scale={secondsScale}
        format={formatSeconds}
        empty="No call with a known length ended in this time."
      />
      <TimeChart
        {...common}
        title="Ring time"
        about="How long answered calls rang: the median, and the time that nine of ten calls do not exceed."
        lines={[
          line('median', 'tone-1', formatSeconds, (row) => row.ringMs && row.ringMs.p50 / 1000),
          line('p90', 'tone-2', formatSeconds, (row) => row.ringMs && row.ringMs.p90 / 1000),
        ]}
        scale={secondsScale}
        format={formatSeconds}
        empty="It is not known how long calls rang in this time."
      />
      <TimeChart
        {...common}
        title="Voice quality (MOS)"
        about="Mean opinion scores from 1, bad, to 5, excellent: the median, and the score of the worst tenth."
        lines={[
          line('median', 'tone-1', formatScore, (row) => row.mos?.p50),
          line('p10', 'tone-2', formatScore, (row) => row.mos?.p10),
        ]}
        scale={mosScale}
        format={String}
        empty="No call with a score ended in this time. Not every provider reports one."
      />
      <BarTable
        title="Failures by SIP code"
        head="SIP code"
        bars={sipFailures(bySip, MOST_BARS)}
        empty="No call ended with a SIP error."
      />
      <BarTable
        title="Failures by error code"
        head="Error code"
        bars={providerErrors(byError, MOST_BARS)}
        empty="No call ended with an error of its provider."
      />
    </div>
  );
}

function mosScale(_max: number, height: number) {
  return fixedScale([1, 2, 3, 4, 5], height);
}

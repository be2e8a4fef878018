import { useEffect } from 'preact/hooks';
import type { StatsPage } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { paused } from '../api/live.ts';
import { BarTable } from '../charts/bar-table.tsx';
import type { ChartProps } from '../charts/chart-props.ts';
import { formatScore, formatSeconds, formatShort } from '../charts/figures.ts';
import { bucketsOf, durationsOf, failuresOf, figureOf, outcomesOf } from '../charts/from-stats.ts';
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
      {data && <Figures {...data} />}
    </section>
  );
}

type Percentiles = Readonly<Record<string, number>>;

/** The charts of two percentiles each: how to read them from a row, and in which unit. */
const LINES: readonly {
  readonly title: string;
  readonly other: 'p90' | 'p10';
  readonly pick: (row: StatsPage['rows'][number]) => Percentiles | undefined;
  readonly unit: number;
  readonly scale: ChartProps['scale'];
  readonly format: Series['format'];
}[] = [
  {
    title: 'Duration over time',
    other: 'p90',
    pick: (row) => row.durationSeconds,
    unit: 1,
    scale: secondsScale,
    format: formatSeconds,
  },
  {
    title: 'Ring time',
    other: 'p90',
    pick: (row) => row.ringMs,
    unit: 1000,
    scale: secondsScale,
    format: formatSeconds,
  },
  {
    title: 'Voice quality (MOS)',
    other: 'p10',
    pick: (row) => row.mos,
    unit: 1,
    scale: (_, height) => fixedScale([1, 2, 3, 4, 5], height),
    format: formatScore,
  },
];

function Figures({ byStatus, overall, bySip, byError }: Pages) {
  const { outcomes, answered } = outcomesOf(byStatus);
  return (
    <div class="charts">
      <Patterns />
      <div class="wide">
        <TimeChart
          title="Outcomes"
          buckets={bucketsOf(byStatus)}
          bars={outcomes}
          rate={answered}
          scale={countScale}
          format={formatShort}
        />
      </div>
      {LINES.map(({ title, other, pick, unit, scale, format }) => {
        const line = (name: string, percentile: string, tone: string): Series => ({
          name,
          tone,
          format,
          values: figureOf(overall, (row) => {
            const value = pick(row)?.[percentile];
            return value === undefined ? undefined : value / unit;
          }),
        });
        return (
          <TimeChart
            key={title}
            title={title}
            buckets={bucketsOf(overall)}
            lines={[line('median', 'p50', 'tone-1'), line(other, other, 'tone-2')]}
            scale={scale}
            format={format}
          />
        );
      })}
      <BarTable title="Durations" by="Length" tone="tone-1" bars={durationsOf(overall)} />
      <BarTable title="Failures by SIP code" by="Code" tone="tone-failed" bars={failuresOf(bySip, 'sip')} />
      <BarTable title="Failures by error code" by="Code" tone="tone-failed" bars={failuresOf(byError, 'error')} />
    </div>
  );
}

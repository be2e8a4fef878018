import type { Scale } from './scale.ts';
import { fixedScale } from './scale.ts';
import { maxOf, type Series, totals } from './series.ts';
import { bucketAt, type Columns, lineOf, middleOf, stackOf } from './shapes.ts';
import { fillOf } from './swatch.tsx';
import type { TimeChartProps } from './time-chart.tsx';
import { timeTicks } from './time-ticks.ts';

const HEIGHT = 150;
const TOP = 8;
const BOTTOM = 20;
const LEFT = 44;
const RIGHT = 40;
/** Pixels for the label of a time. */
const TICK = 64;

interface Props extends TimeChartProps {
  readonly width: number;
  readonly pointed: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

/** The drawing of a chart, in pixels. */
export function Plot({
  title,
  about,
  buckets,
  bars = [],
  lines = [],
  rate,
  scale,
  format,
  width,
  pointed,
  onPoint,
}: Props) {
  const columns = { count: buckets.starts.length, width: width - LEFT - (rate ? RIGHT : 12) };
  const values = scale(Math.max(maxOf(lines), ...totals(bars)), HEIGHT);
  const percent = fixedScale([0, 50, 100], HEIGHT);
  function point({ clientX, currentTarget }: PointerEvent & { readonly currentTarget: SVGSVGElement }) {
    onPoint(bucketAt(clientX - currentTarget.getBoundingClientRect().left - LEFT, columns));
  }
  return (
    <svg
      role="img"
      aria-label={`${title}. ${about}`}
      width={width}
      height={TOP + HEIGHT + BOTTOM}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => onPoint(undefined)}
    >
      <desc>{about}</desc>
      <g transform={`translate(${LEFT} ${TOP})`}>
        <Grid scale={values} columns={columns} format={format} />
        {rate && <RateAxis scale={percent} x={columns.width} />}
        <TimeAxis buckets={buckets} columns={columns} />
        <Bars series={bars} scale={values} columns={columns} partial={buckets.partial} />
        {lines.map((one) => (
          <LineMark key={one.name} series={one} scale={values} columns={columns} partial={buckets.partial} />
        ))}
        {rate && <LineMark series={rate} scale={percent} columns={columns} partial={buckets.partial} />}
        {pointed !== undefined && <path class="pointer" d={`M${middleOf(pointed, columns)} 0V${HEIGHT}`} />}
      </g>
    </svg>
  );
}

interface MarkProps {
  readonly scale: Scale;
  readonly columns: Columns;
  readonly partial: boolean;
}

function Bars({ series, scale, columns, partial }: MarkProps & { readonly series: readonly Series[] }) {
  return (
    <>
      {stackOf(series, scale.at, columns, partial).map(({ solid, dashed }, index) => {
        const { name = '', tone = '' } = series[index] ?? {};
        return (
          <g key={name} class={tone}>
            <path class="area" fill={fillOf(tone)} d={solid} />
            <path class="area filling" fill={fillOf(tone)} d={dashed} />
          </g>
        );
      })}
    </>
  );
}

function LineMark({ series: { tone, values }, scale, columns, partial }: MarkProps & { readonly series: Series }) {
  const { solid, dashed, dots } = lineOf(values, scale.at, columns, partial);
  return (
    <g class={tone}>
      <path class="line" d={solid} />
      <path class="line dashed" d={dashed} />
      {dots.map(([x, y]) => (
        <circle key={x} class="dot" cx={x} cy={y} r="2.5" />
      ))}
    </g>
  );
}

function Grid({ scale, columns, format }: Pick<MarkProps, 'scale' | 'columns'> & Pick<TimeChartProps, 'format'>) {
  return (
    <g class="axis">
      {scale.ticks.map((value) => (
        <g key={value}>
          <path d={`M0 ${scale.at(value)}h${columns.width}`} />
          <text x="-6" y={scale.at(value)} dy=".32em" text-anchor="end">
            {format(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

function RateAxis({ scale, x }: { readonly scale: Scale; readonly x: number }) {
  return (
    <g class="axis">
      {scale.ticks.map((value) => (
        <text key={value} x={x + 6} y={scale.at(value)} dy=".32em">
          {value} %
        </text>
      ))}
    </g>
  );
}

function TimeAxis({
  buckets: { starts, bucketMs },
  columns,
}: Pick<TimeChartProps, 'buckets'> & Pick<MarkProps, 'columns'>) {
  const from = starts[0] ?? 0;
  const span = starts.length * bucketMs;
  return (
    <g class="axis">
      {timeTicks(from, from + span, Math.max(1, Math.floor(columns.width / TICK))).map(({ ms, label }) => (
        <text key={ms} x={((ms - from) / span) * columns.width} y={HEIGHT + 15} text-anchor="middle">
          {label}
        </text>
      ))}
    </g>
  );
}

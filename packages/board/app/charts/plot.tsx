import { formatPercent } from '../shared/format.ts';
import type { ChartProps } from './chart-props.ts';
import { fixedScale, type Scale } from './scale.ts';
import { maxOf, type Series, textOf } from './series.ts';
import { bucketAt, type Columns, lineOf, middleOf, stackOf } from './shapes.ts';
import { fillOf } from './swatch.tsx';
import { timeTicks } from './time-ticks.ts';

const HEIGHT = 150;
const TOP = 8;
const BOTTOM = 20;
const LEFT = 44;
const RIGHT = 40;
/** Pixels for the label of a time. */
const TICK = 64;

interface Props extends ChartProps {
  readonly width: number;
  readonly pointed: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

/** The drawing of a chart, in pixels. */
export function Plot({ title, buckets, bars = [], lines = [], rate, scale, format, width, pointed, onPoint }: Props) {
  const columns = { count: buckets.starts.length, width: width - LEFT - (rate ? RIGHT : 12) };
  const { partial } = buckets;
  const values = scale(maxOf(lines, bars), HEIGHT);
  const percent = fixedScale([0, 50, 100], HEIGHT);
  function point({ clientX, currentTarget }: PointerEvent & { readonly currentTarget: SVGSVGElement }) {
    onPoint(bucketAt(clientX - currentTarget.getBoundingClientRect().left - LEFT, columns));
  }
  return (
    <svg
      role="img"
      aria-label={title}
      width={width}
      height={TOP + HEIGHT + BOTTOM}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => onPoint(undefined)}
    >
      <desc>{[...bars, ...lines, ...(rate ? [rate] : [])].map((one) => `${one.name} ${textOf(one)}`).join(', ')}</desc>
      <g transform={`translate(${LEFT} ${TOP})`}>
        <g class="axis">
          {values.ticks.map((value) => (
            <path key={value} d={`M0 ${values.at(value)}h${columns.width}`} />
          ))}
          <Labels scale={values} x={-6} anchor="end" format={format} />
          {rate && <Labels scale={percent} x={columns.width + 6} anchor="start" format={formatPercent} />}
          <Times buckets={buckets} columns={columns} />
        </g>
        {stackOf(bars, values.at, columns, partial).map(({ solid, dashed }, index) => {
          const tone = bars[index]?.tone ?? '';
          return (
            <g key={tone} class={tone}>
              <path class="area" fill={fillOf(tone)} d={solid} />
              <path class="area filling" fill={fillOf(tone)} d={dashed} />
            </g>
          );
        })}
        {lines.map((one) => (
          <LineMark key={one.name} series={one} scale={values} columns={columns} partial={partial} />
        ))}
        {rate && <LineMark series={rate} scale={percent} columns={columns} partial={partial} />}
        {pointed !== undefined && <path class="pointer" d={`M${middleOf(pointed, columns)} 0V${HEIGHT}`} />}
      </g>
    </svg>
  );
}

interface LineProps {
  readonly series: Series;
  readonly scale: Scale;
  readonly columns: Columns;
  readonly partial: boolean;
}

function LineMark({ series: { tone, values }, scale, columns, partial }: LineProps) {
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

interface LabelProps extends Pick<ChartProps, 'format'> {
  readonly scale: Scale;
  readonly x: number;
  readonly anchor: 'start' | 'end';
}

function Labels({ scale, x, anchor, format }: LabelProps) {
  return (
    <>
      {scale.ticks.map((value) => (
        <text key={value} x={x} y={scale.at(value)} dy=".32em" text-anchor={anchor}>
          {format(value)}
        </text>
      ))}
    </>
  );
}

function Times({ buckets: { starts, bucketMs }, columns }: Pick<ChartProps, 'buckets'> & Pick<LineProps, 'columns'>) {
  const from = starts[0] ?? 0;
  const span = starts.length * bucketMs;
  return (
    <>
      {timeTicks(from, from + span, Math.max(1, Math.floor(columns.width / TICK))).map(({ ms, label }) => (
        <text key={ms} x={((ms - from) / span) * columns.width} y={HEIGHT + 15} text-anchor="middle">
          {label}
        </text>
      ))}
    </>
  );
}

import { sparkOf } from './shapes.ts';

const WIDTH = 120;
const HEIGHT = 22;

/** The course of a value in a few pixels. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const line = sparkOf(values, WIDTH, HEIGHT);
  return (
    <svg
      class="spark tone-1"
      role="img"
      aria-label={label}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      width={WIDTH}
      height={HEIGHT}
    >
      <title>{label}</title>
      <path class="area" d={`${line}V${HEIGHT}H0z`} />
      <path class="line" d={line} />
    </svg>
  );
}

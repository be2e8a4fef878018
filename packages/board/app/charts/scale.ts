/** A linear scale from values to pixels. */
export interface Scale {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

const DECIMAL = [1, 2, 5];
/** The steps of a clock, in seconds; beyond them come decimal steps of hours. */
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** A vertical scale from 0, with at most `most` round steps; whole numbers only. */
export function countScale(max: number, height: number, most = 4): Scale {
  return upTo(max, height, decimalStep(max / most, 1));
}

/** A vertical scale of seconds from 0, with steps that a clock has. */
export function secondsScale(max: number, height: number, most = 4): Scale {
  const step = CLOCK.find((candidate) => candidate * most >= max) ?? 3600 * decimalStep(max / most / 3600, 1);
  return upTo(max, height, step);
}

/** A vertical scale with given ticks, the first one at the bottom. */
export function fixedScale(ticks: readonly number[], height: number): Scale {
  const low = ticks[0] ?? 0;
  const span = (ticks.at(-1) ?? 1) - low || 1;
  return { ticks, at: (value) => height - ((value - low) / span) * height };
}

function upTo(max: number, height: number, step: number): Scale {
  const steps = Math.max(1, Math.ceil(max / step));
  return fixedScale(
    Array.from({ length: steps + 1 }, (_, index) => index * step),
    height,
  );
}

function decimalStep(atLeast: number, smallest: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(atLeast, smallest))));
  return (DECIMAL.find((digit) => digit * power >= atLeast) ?? 10) * power;
}

import { type Rule, type Variant, variant } from '../rule.ts';
import { type Trial, withHeaders } from '../trial.ts';

/** A timestamp that is too far from now, or in another unit. */
export const CLOCK: Rule = {
  name: 'clock',
  variants: function* (trial, { isAgeJudged }) {
    for (const signedMs of isAgeJudged ? timesIn(trial) : []) {
      const skewMs = trial.nowMs - signedMs;
      const chance = Math.abs(skewMs) > USUAL_TOLERANCE_MS ? 'evident' : 'common';
      yield variant({ ...trial, nowMs: signedMs }, chance, ageOf(skewMs), fixFor(skewMs));
    }
    yield* inOtherUnits(trial);
  },
};

/** When a request may have arrived: whenever it was signed, or now. */
export function arrivalsOf(trial: Trial): readonly number[] {
  return [...timesIn(trial), trial.nowMs];
}

const MOST_TIMES = 8;
const USUAL_TOLERANCE_MS = 300_000;
const EPOCH = /(?<![\d.])\d{10}(?:\d{3})?(?!\d)/g;
const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g;
const MS_PER_SECOND = 1000;
const TEN_DIGITS = 10;

/** The times in the headers: of a digest, or of a token. */
function timesIn({ request }: Trial): readonly number[] {
  const texts = Object.entries(request.headers).flatMap(([name, value]) => (NEVER.test(name) ? [] : (value ?? [])));
  const times = texts.flatMap((text) => [...numbersIn(text), ...claimsOf(text).flatMap(numbersIn)]);
  return [...new Set(times)].slice(0, MOST_TIMES);
}

/** Their times are of the connection or the body. */
const NEVER = /^(?:date|if-.*|expires|last-modified|cookie|content-.*|user-agent)$/;

function numbersIn(text: string): readonly number[] {
  const epochs = (text.match(EPOCH) ?? []).map((digits) =>
    digits.length === TEN_DIGITS ? Number(digits) * MS_PER_SECOND : Number(digits),
  );
  return [...epochs, ...(text.match(ISO) ?? []).map((iso) => Date.parse(iso)).filter(Number.isFinite)];
}

/** The claims of a JSON Web Token, as text. */
function claimsOf(text: string): readonly string[] {
  const [, claims] = /(?:^|\s)[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text) ?? [];
  return claims === undefined ? [] : [Buffer.from(claims, 'base64url').toString()];
}

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const NEAR_MS = 60_000;

/** How far apart the two clocks are. */
function ageOf(skewMs: number): string {
  return skewMs >= 0
    ? `It was signed ${span(skewMs)} before the time here.`
    : `It was signed ${span(-skewMs)} after the time here.`;
}

function fixFor(skewMs: number): string {
  const toQuarter = Math.abs(skewMs - Math.round(skewMs / QUARTER_MS) * QUARTER_MS);
  const isZone = Math.abs(skewMs) >= QUARTER_MS * 2 && Math.abs(skewMs) <= HOUR_MS * 14 && toQuarter <= NEAR_MS;
  if (isZone)
    return 'This is near a time zone: set the clock of this machine in UTC. If it is right, the callback was replayed or delayed.';
  if (skewMs < 0) return 'Set the clock of this machine, which is behind.';
  return 'Check the clock of this machine. If it is right, the callback was replayed or delayed.';
}

/** `90 s`, `1.5 h` or `3 days`. Anyone can send a timestamp, so it never has as many digits as a phone number. */
function span(ms: number): string {
  const hours = ms / HOUR_MS;
  if (hours < 1) return `${Math.round(ms / MS_PER_SECOND)} s`;
  if (hours < 48) return `${hours.toFixed(1)} h`;
  const days = Math.round(hours / 24);
  return days <= MOST_DAYS ? `${days} days` : 'years';
}

const MOST_DAYS = 9999;

/** Seconds that came in milliseconds, and the reverse. */
function* inOtherUnits(trial: Trial): Iterable<Variant> {
  for (const [name, value] of Object.entries(trial.request.headers)) {
    if (typeof value !== 'string' || NEVER.test(name)) continue;
    const forms: readonly (readonly [string, string, string])[] = [
      [value.replace(/(?<!\d)(\d{10})\d{3}(?!\d)/g, '$1'), 'milliseconds', 'seconds'],
      [value.replace(/(?<!\d)(\d{10})(?!\d)/g, '$1000'), 'seconds', 'milliseconds'],
    ];
    for (const [form, came, signed] of forms) {
      if (form === value) continue;
      const evidence = `The timestamp came in ${came}, and was signed in ${signed}.`;
      const fix = 'Find what changes the header of the timestamp on its way.';
      yield variant(withHeaders(trial, { [name]: form }), 'common', evidence, fix);
    }
  }
}

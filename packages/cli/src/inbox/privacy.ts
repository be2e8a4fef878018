import { type Mask, mask } from '../output/mask.ts';

/** How values are shown: with phone numbers, or without. */
export interface Privacy {
  /** Of any text. */
  readonly text: Mask;
  /** Of an id, which stays as it is unless it contains a number that begins with `+`. */
  readonly id: Mask;
  /** Of every text in an object, for JSON. */
  readonly json: (object: object) => object;
}

/** The keys whose values are ids. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'eventId',
  'callId',
  'parentCallId',
  'tenant',
  'cursor',
  'next',
  'ids',
]);

const PLUS_NUMBER = /\+\d[\d ().-]{5,}\d/g;

/** Masks phone numbers, unless they are to be revealed. */
export function privacyOf(isRevealed: boolean | undefined): Privacy {
  if (isRevealed === true) return { text: same, id: same, json: (object) => object };
  const id: Mask = (text) => text.replace(PLUS_NUMBER, (number) => mask(number));
  return { text: mask, id, json: (object) => masked(object, '', id) as object };
}

function masked(value: unknown, key: string, id: Mask): unknown {
  if (typeof value === 'string') return IDS.has(key) ? id(value) : mask(value);
  if (Array.isArray(value)) return value.map((one) => masked(one, key, id));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name, id)]));
}

function same(text: string): string {
  return text;
}

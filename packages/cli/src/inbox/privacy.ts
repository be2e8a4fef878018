import { type Mask, mask, maskDeep, maskId } from '@call-status/core/inbox';

/** How values are shown: with phone numbers, or without. */
export interface Privacy {
  /** Of any text. */
  readonly text: Mask;
  /** Of an id, which stays as it is unless it contains a number that begins with `+`. */
  readonly id: Mask;
  /** Of every text in an object, for JSON. */
  readonly json: (object: object) => object;
}

/** Masks phone numbers, unless they are to be revealed. */
export function privacyOf(isRevealed: boolean | undefined): Privacy {
  if (isRevealed === true) return { text: same, id: same, json: (object) => object };
  return { text: mask, id: maskId, json: (object) => maskDeep(object) };
}

function same(text: string): string {
  return text;
}

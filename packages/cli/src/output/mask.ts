import { type Mask, mask } from '@call-status/core/inbox';

/** Masks phone numbers, unless they are to be revealed. */
export function maskUnless(isRevealed: boolean | undefined): Mask {
  return isRevealed === true ? (text) => text : mask;
}

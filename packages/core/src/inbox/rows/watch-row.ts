import type { Watch, WatchedState, WatchProgress, WatchState } from '../watches.ts';

/** What a store keeps of the progress of a watched call in columns of their own, so that it can be found. */
export interface WatchMarks {
  /** Whether a notice was delivered or has failed. */
  readonly told: boolean;
  /** Whether that notice is `stuck` or `not_ended`. */
  readonly stuck: boolean;
  /** Whether a notice could not be delivered. */
  readonly failed: boolean;
}

/**
 * The marks of a watched call.
 * @example watchMarks({ asked: 3, told: ['stuck'], failures: 0 }) // { told: true, stuck: true, failed: false }
 */
export function watchMarks({ told, failed }: WatchProgress): WatchMarks {
  const reasons = failed === undefined ? told : [...told, failed.reason];
  const isStuck = reasons.some((reason) => reason !== 'never_reported');
  return { told: reasons.length > 0, stuck: isStuck, failed: failed !== undefined };
}

/** What decides about the states of a watched call. */
export type WatchFacts = Pick<Watch, 'expected' | 'progress'> & { readonly call?: Pick<WatchedState, 'terminal'> };

/**
 * Whether a watched call is in a state. See {@link WatchQuery}.
 * @example isInState({ expected: {}, progress: { asked: 0, told: [], failures: 0 } }, 'expected') // true
 */
export function isInState({ expected, call, progress }: WatchFacts, state: WatchState): boolean {
  const { told, stuck, failed } = watchMarks(progress);
  switch (state) {
    case 'expected':
      return expected !== undefined && call === undefined;
    case 'missing':
      return expected !== undefined && call === undefined && told;
    case 'stuck':
      return call?.terminal === false && stuck;
    case 'failed':
      return failed;
  }
}

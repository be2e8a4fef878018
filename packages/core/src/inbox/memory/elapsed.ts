import type { Clock } from '../../provider/define-provider.ts';
import { monotonicNow } from '../../timer.ts';

/**
 * Milliseconds that have passed, by a clock that may be set back: a step back stops it for no longer than the step itself takes, so that
 * nothing that waits for a time waits longer. Without a clock: by one that is never set.
 */
export function elapsedBy(clock: Clock | undefined): () => number {
  if (clock === undefined) return monotonicNow;
  let last = clock();
  let elapsed = 0;
  return () => {
    const now = clock();
    if (now > last) elapsed += now - last;
    last = now;
    return elapsed;
  };
}

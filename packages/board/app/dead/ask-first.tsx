import type { DeadRequest, DeadResult } from '../../src/api/types.ts';
import { ask } from '../shared/ask.tsx';
import { plural } from '../shared/format.ts';
import { Time } from '../shared/time.tsx';
import { type Action, count } from './dead-list.ts';
import { onlyCounted } from './only-counted.ts';

/** Counts first, then asks. Resolves to the request for what was counted; `undefined` if the visitor does not want it. */
export async function askFirst(action: Action, request: DeadRequest): Promise<DeadRequest | undefined> {
  const result = await count(action, request);
  const isReplay = action === 'replay';
  if (result.count === 0) {
    const text = 'They were replayed or discarded in the meantime.';
    await ask({ title: `No events to ${action}`, text, action: 'OK' });
    return undefined;
  }
  const events = (isReplay && result.isMore ? 'more than ' : '') + plural(result.count, 'event');
  const goesOn = await ask({
    title: isReplay ? `Replay ${events}?` : `Discard ${events}?`,
    text: (
      <>
        <p>
          {isReplay
            ? `Replays ${events}, oldest first. Handlers that finished before are not called again.`
            : `Removes ${events} from the dead letters. No handler sees them any more; they stay recorded with their calls.`}
        </p>
        {!isReplay && result.isMore && (
          <p>There are more. At most this many are discarded at a time, the newest first.</p>
        )}
        <Period {...result} />
      </>
    ),
    action: isReplay ? 'Replay' : 'Discard',
    danger: !isReplay,
    ...(!isReplay && result.count > 1 && { word: 'discard' }),
  });
  return goesOn ? onlyCounted(request, result) : undefined;
}

function Period({ oldestAt, newestAt }: DeadResult) {
  if (oldestAt === undefined || newestAt === undefined) return null;
  return (
    <p class="dim">
      Failed <Time at={oldestAt} as="exact" />
      {newestAt !== oldestAt && (
        <>
          {' to '}
          <Time at={newestAt} as="exact" />
        </>
      )}
      .
    </p>
  );
}

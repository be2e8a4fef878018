import type { DeadRequest, DeadResult } from '../../src/api/types.ts';
import { ask } from '../shared/ask.tsx';
import { plural } from '../shared/format.ts';
import { Time } from '../shared/time.tsx';
import { type Action, count } from './dead-list.ts';

/** Counts first, then asks. Resolves to whether to go on. */
export async function askFirst(action: Action, request: DeadRequest): Promise<boolean> {
  const result = await count(action, request);
  const events = plural(result.count, 'event');
  const isReplay = action === 'replay';
  return ask({
    title: isReplay ? `Replay ${events}?` : `Discard ${events}?`,
    text: (
      <>
        <p>
          {isReplay
            ? `Replays ${events}, oldest first. Handlers that finished before are not called again.`
            : `Removes ${events} from the dead letters. No handler sees them any more; they stay recorded with their calls.`}
        </p>
        <Period {...result} />
      </>
    ),
    action: isReplay ? 'Replay' : 'Discard',
    danger: !isReplay,
    ...(!isReplay && result.count > 1 && { word: 'discard' }),
  });
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

import type { DeadRequest } from '../../src/api/types.ts';
import type { Run } from './dead-list.ts';

interface Props {
  /** What it acts on, for those who hear the buttons. */
  readonly of: string;
  readonly request: DeadRequest;
  readonly run: Run;
}

export function Actions({ of, request, run }: Props) {
  return (
    <span class="row-actions">
      <button type="button" class="quiet" onClick={() => run('replay', request)}>
        Replay<span class="sr"> {of}</span>
      </button>
      <button type="button" class="quiet" onClick={() => run('discard', request)}>
        Discard<span class="sr"> {of}</span>
      </button>
    </span>
  );
}

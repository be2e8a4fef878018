import { useSignal } from '@preact/signals';
import type { CallDetail, DeadResult, Failure } from '../../src/api/types.ts';
import { post, toFailure } from '../api/client.ts';
import { changed } from '../api/live.ts';
import { may } from '../api/state.ts';
import { ask } from '../shared/ask.tsx';
import { plural } from '../shared/format.ts';
import { FailureNotice } from '../shared/notices.tsx';
import { hrefOf } from '../shell/routes.ts';

/** So much of a call's id has to be typed before it is erased. */
const TYPED = 4;

/** What a visitor can do with the call. */
export function Actions({ detail }: { readonly detail: CallDetail }) {
  const failure = useSignal<Failure | undefined>(undefined);
  const { key, callId } = detail.row;
  const dead = detail.events.filter(({ handling }) => handling.state === 'dead').length;

  async function attempt(work: () => Promise<void>) {
    failure.value = undefined;
    try {
      await work();
    } catch (error) {
      failure.value = toFailure(error);
    }
  }

  async function replay() {
    const text = `The handlers get ${plural(dead, 'dead event')} of this call again, oldest first. Handlers that finished before are not called again.`;
    if (!(await ask({ title: 'Replay dead events?', text, action: 'Replay' }))) return;
    await attempt(async () => {
      await post<DeadResult>('call/replay', { key });
      changed();
    });
  }

  async function forget() {
    const text = 'This erases the call and all its events from the inbox. It cannot be undone.';
    const word = callId.slice(-TYPED);
    if (!(await ask({ title: 'Forget this call?', text, action: 'Forget', danger: true, word }))) return;
    await attempt(async () => {
      await post('call/forget', { key });
      location.hash = hrefOf('calls');
    });
  }

  return (
    <div class="actions">
      {may('replay') && dead > 0 && (
        <button type="button" class="primary" onClick={replay}>
          Replay {plural(dead, 'dead event')}
        </button>
      )}
      {may('forget') && (
        <button type="button" onClick={forget}>
          Forget…
        </button>
      )}
      {failure.value && <FailureNotice failure={failure.value} />}
    </div>
  );
}

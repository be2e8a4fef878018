import { useSignal } from '@preact/signals';
import type { CallDetail, DeadResult, Failure, Permissions, ReconcileAnswer } from '../../src/api/types.ts';
import { post, toFailure } from '../api/client.ts';
import { changed, erased } from '../api/live.ts';
import { may } from '../api/state.ts';
import { ask } from '../shared/ask.tsx';
import { plural } from '../shared/format.ts';
import { FailureNotice } from '../shared/notices.tsx';
import { hrefOf } from '../shell/routes.ts';
import { Asking } from './asking.tsx';

/** So much of a call's id has to be typed before it is erased. */
const TYPED = 4;

/** What a visitor can do with the call. */
export function Actions({ detail }: { readonly detail: CallDetail }) {
  const failure = useSignal<Failure | undefined>(undefined);
  const decision = useSignal<ReconcileAnswer['decision'] | undefined>(undefined);
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

  async function reconcile() {
    await attempt(async () => {
      decision.value = (await post<ReconcileAnswer>('call/reconcile', { key })).decision;
      changed();
    });
  }

  async function forget() {
    const text = 'This erases the call and all its events from the inbox. It cannot be undone.';
    const word = callId.slice(-TYPED);
    if (!(await ask({ title: 'Forget this call?', text, action: 'Forget', danger: true, word }))) return;
    await attempt(async () => {
      await post('call/forget', { key });
      erased.value = { key };
      location.hash = hrefOf('calls');
    });
  }

  return (
    <>
      <div class="actions">
        {may('replay') && dead > 0 && (
          <button type="button" class="primary" onClick={replay}>
            Replay {plural(dead, 'dead event')}
          </button>
        )}
        {may('reconcile') && (
          <button type="button" onClick={reconcile}>
            Ask the provider
          </button>
        )}
        {may('forget') && (
          <button type="button" onClick={forget}>
            Forget…
          </button>
        )}
        {failure.value && <FailureNotice failure={failure.value} />}
      </div>
      <Asking detail={detail} decision={decision.value} />
      <Missing names={dead > 0 ? ['replay', 'reconcile', 'forget'] : ['reconcile', 'forget']} />
    </>
  );
}

const ALLOWS: Readonly<Partial<Record<keyof Permissions, string>>> = {
  replay: 'replay its dead events',
  reconcile: 'ask the provider about it',
  forget: 'erase it',
};

/** What the visitor could do with the call, and may not. */
function Missing({ names }: { readonly names: readonly (keyof Permissions)[] }) {
  const missing = names.filter((name) => !may(name));
  if (missing.length === 0) return null;
  return (
    <p class="dim">
      You need a permission to {missing.map((name) => `${ALLOWS[name]} (${name})`).join(', or to ')}. The option can of
      the board grants it.
    </p>
  );
}

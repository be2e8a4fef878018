import { useSignal } from '@preact/signals';
import { Modal } from '../shared/modal.tsx';
import { useKeys } from '../shared/use-keys.ts';

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'Search calls'],
  ['j, k', 'Next call, previous call'],
  ['Enter', 'Open the call'],
  ['r', 'Replay dead letters: the row with the focus, or all that are shown'],
  ['Esc', 'Close, go back'],
  ['?', 'Show these keys'],
];

/** The keys of all pages, on `?`. */
export function KeyHelp() {
  const isOpen = useSignal(false);
  useKeys({
    '?': () => (isOpen.value = true),
  });
  return (
    <>
      <button type="button" class="quiet keys" aria-label="Keyboard shortcuts" onClick={() => (isOpen.value = true)}>
        ?
      </button>
      {isOpen.value && (
        <Modal title="Keyboard" onClose={() => (isOpen.value = false)}>
          <dl class="facts">
            {KEYS.map(([key, does]) => (
              <>
                <dt key={key}>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </>
            ))}
          </dl>
        </Modal>
      )}
    </>
  );
}

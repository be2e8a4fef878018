import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Modal } from './modal.tsx';

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** On the button. */
  readonly action: string;
  /** Whether it cannot be undone. */
  readonly danger?: boolean;
  /** What the visitor has to type first. */
  readonly word?: string;
}

const asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | undefined>();

/** Asks before something is done. */
export function ask(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Shows the question, once on the page. */
export function Asker() {
  return asked.value ? <Dialog key={asked.value.title} {...asked.value} /> : null;
}

function Dialog({ title, text, action, danger, word, answer }: Question & { readonly answer: (yes: boolean) => void }) {
  const typed = useSignal('');
  return (
    <Modal title={title} onClose={() => answer(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        {text}
        {word && (
          <label>
            Type {word} to confirm
            <input value={typed} autocomplete="off" onInput={(event) => (typed.value = event.currentTarget.value)} />
          </label>
        )}
        <footer>
          <button
            type="submit"
            class={danger ? 'danger' : 'primary'}
            disabled={word !== undefined && typed.value !== word}
          >
            {action}
          </button>
        </footer>
      </form>
    </Modal>
  );
}

import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

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
  const dialog = useRef<HTMLDialogElement>(null);
  const typed = useSignal('');
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="ask-title" onClose={() => answer(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        <h2 id="ask-title">{title}</h2>
        <div>{text}</div>
        {word && (
          <label>
            Type <code>{word}</code> to confirm
            <input value={typed} autocomplete="off" onInput={(event) => (typed.value = event.currentTarget.value)} />
          </label>
        )}
        <footer>
          <button type="button" onClick={() => answer(false)}>
            Cancel
          </button>
          <button
            type="submit"
            class={danger ? 'danger' : 'primary'}
            disabled={word !== undefined && typed.value !== word}
          >
            {action}
          </button>
        </footer>
      </form>
    </dialog>
  );
}

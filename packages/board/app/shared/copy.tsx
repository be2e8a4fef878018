import { useSignal } from '@preact/signals';

interface Props {
  readonly text: string;
  /** @default 'Copy' */
  readonly children?: string;
}

/** A button that copies a text. */
export function Copy({ text, children = 'Copy' }: Props) {
  const said = useSignal('');
  async function copy() {
    said.value = (await writeClipboard(text)) ? 'Copied' : 'Select the text to copy it';
    setTimeout(() => {
      said.value = '';
    }, 2000);
  }
  return (
    <button type="button" class="quiet" onClick={copy}>
      <span aria-live="polite">{said.value || children}</span>
    </button>
  );
}

/** Without HTTPS, browsers have no clipboard for pages. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

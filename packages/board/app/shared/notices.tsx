import type { ComponentChildren } from 'preact';
import type { Failure } from '../../src/api/types.ts';
import { serverFailure } from '../api/state.ts';
import { Copy } from './copy.tsx';

/** What went wrong, and what to do. A page says nothing of its own while the server does not answer any of them. */
export function FailureNotice({
  failure,
  retry,
}: {
  readonly failure: Failure;
  readonly retry?: (() => void) | undefined;
}) {
  if (serverFailure.value && failure !== serverFailure.value) return null;
  return (
    <div class="notice bad" role="alert">
      <p>
        <code>{failure.code}</code> {failure.message}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  /** What to do next. */
  readonly children?: ComponentChildren;
  /** A command that helps. */
  readonly command?: string | undefined;
}

/** A list without rows. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
      {command && <Command text={command} />}
    </div>
  );
}

/** A command to copy. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <Copy text={text} />
    </div>
  );
}

import { useEffect, useRef } from 'preact/hooks';

type Handlers = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Handles single keys while the component is shown, except where the visitor writes or answers a dialog. */
export function useKeys(handlers: Handlers): void {
  const current = useRef(handlers);
  current.current = handlers;
  useEffect(() => {
    function handle(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      const { tagName } = event.target as Element;
      if (event.key !== 'Escape' && ['INPUT', 'SELECT', 'TEXTAREA'].includes(tagName)) return;
      const handler = current.current[event.key];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    }
    document.addEventListener('keydown', handle);
    return () => document.removeEventListener('keydown', handle);
  }, []);
}

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const PACE_MS = 10_000;

/** A text for screen readers, which is read out whenever it changes: the newest when `input` changes, and then at most every ten seconds. */
export function useSeldom(text: string, input: unknown): string {
  const said = useSignal(text);
  const newest = useRef(text);
  newest.current = text;
  useEffect(() => {
    function say() {
      said.value = newest.current;
    }
    say();
    const timer = setInterval(say, PACE_MS);
    return () => clearInterval(timer);
  }, [input]);
  return said.value;
}

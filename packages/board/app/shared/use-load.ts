import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../../src/api/types.ts';
import { toFailure } from '../api/client.ts';

export interface Loaded<T> {
  /** The newest data; stays while it is loaded again. */
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  readonly reload: () => void;
}

/** Loads data, and again when one of `inputs` changes. The answer to an older request is dropped. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const data = useSignal<T | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const request = useRef<AbortController | undefined>(undefined);

  async function reload(): Promise<void> {
    request.current?.abort();
    request.current = new AbortController();
    const { signal } = request.current;
    try {
      const loaded = await load(signal);
      if (signal.aborted) return;
      data.value = loaded;
      failure.value = undefined;
    } catch (error) {
      if (!signal.aborted) failure.value = toFailure(error);
    }
  }

  useEffect(() => void reload(), inputs);
  useEffect(() => () => request.current?.abort(), []);
  return { data: data.value, failure: failure.value, reload };
}

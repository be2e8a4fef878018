import { signal } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { FailureNotice } from '../shared/notices.tsx';

const FAILURE = {
  code: 'page_not_loaded',
  message: 'The code of this page could not be loaded: the server does not answer, or has another version now.',
};

/** A page whose code is loaded when it is shown for the first time. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => VNode | null {
  const page = signal<ComponentType<Props> | 'loading' | 'failed' | undefined>(undefined);
  return function Lazy(props) {
    const Page = page.value;
    if (Page === undefined) {
      page.value = 'loading';
      load().then(
        (loaded) => (page.value = loaded),
        () => (page.value = 'failed'),
      );
    }
    if (Page === 'failed') return <FailureNotice failure={FAILURE} retry={() => location.reload()} />;
    return Page === undefined || Page === 'loading' ? null : <Page {...props} />;
  };
}

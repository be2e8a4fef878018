import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { meta, serverFailure } from '../api/state.ts';
import { Asker } from '../shared/ask.tsx';
import { FailureNotice } from '../shared/notices.tsx';
import { Header } from './header.tsx';
import { lazy } from './lazy.tsx';
import { route } from './router.ts';
import type { PageName } from './routes.ts';

const CallsPage = lazy(async () => (await import('../calls/calls-page.tsx')).CallsPage);
const CallPage = lazy(async () => (await import('../call/call-page.tsx')).CallPage);
const RefusedPage = lazy(async () => (await import('./fault-pages.ts')).RefusedPage);
const DeadPage = lazy(async () => (await import('./fault-pages.ts')).DeadPage);
const HealthPage = lazy(async () => (await import('../health/health-page.tsx')).HealthPage);

const TITLES: Readonly<Record<PageName, string>> = {
  calls: 'Calls',
  call: 'Call',
  refused: 'Refused callbacks',
  dead: 'Dead letters',
  health: 'Health',
};

/** Everything around the pages. */
export function Shell() {
  const { page, key } = route.value;
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page + key);
  useLayoutEffect(() => {
    scrollTo({ top: 0 });
    // After the first page, the keyboard and screen readers go on in the new one, below the header.
    if (shown.current !== page + key) main.current?.focus();
    shown.current = page + key;
  }, [page, key]);
  useEffect(() => {
    document.title = `${TITLES[page]} · call-status`;
  }, [page]);
  return (
    <>
      <Header />
      <main ref={main} tabIndex={-1}>
        {serverFailure.value && <FailureNotice failure={serverFailure.value} />}
        {meta.value && <Page />}
      </main>
      <Asker />
    </>
  );
}

function Page() {
  const { page, key } = route.value;
  switch (page) {
    case 'calls':
      return <CallsPage />;
    case 'call':
      return <CallPage key={key} callKey={key} />;
    case 'refused':
      return <RefusedPage />;
    case 'dead':
      return <DeadPage />;
    case 'health':
      return <HealthPage />;
  }
}

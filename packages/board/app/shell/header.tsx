import { useLayoutEffect, useRef } from 'preact/hooks';
import { connection, paused } from '../api/live.ts';
import { meta } from '../api/state.ts';
import { Counts } from './counts.tsx';
import { KeyHelp } from './key-help.tsx';
import { provider, range, route, setQuery } from './router.ts';
import { hrefOf, type PageName, RANGES, sharedQuery } from './routes.ts';

const LINKS: readonly (readonly [PageName, string])[] = [
  ['calls', 'Calls'],
  ['refused', 'Refused'],
  ['dead', 'Dead letters'],
  ['health', 'Health'],
];

const CONNECTIONS = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Every 5 s',
  offline: 'Offline, trying again',
  paused: 'Paused',
};

export function Header() {
  const state = connection.value;
  const header = useRef<HTMLElement>(null);
  useLayoutEffect(() => keepHeight(header.current), []);
  return (
    <header class="top" ref={header}>
      <div class="bar">
        <nav aria-label="Pages">
          {LINKS.map(([page, label]) => (
            <a
              key={page}
              href={hrefOf(page, sharedQuery(route.value.query))}
              aria-current={isCurrent(page) ? 'page' : undefined}
            >
              {label}
            </a>
          ))}
        </nav>
        <Filters />
        <button type="button" aria-pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
          {paused.value ? 'Resume' : 'Pause'}
        </button>
        <KeyHelp />
      </div>
      <div class="bar sub">
        <Counts />
        <span class={`connection ${state}`} role="status">
          {CONNECTIONS[state]}
        </span>
      </div>
      <Mismatch />
      {meta.value?.notice && <p class="notice">{meta.value.notice}</p>}
    </header>
  );
}

/** Heads of tables stick below this header, whose height depends on the width. */
function keepHeight(header: HTMLElement | null): (() => void) | undefined {
  if (!header) return undefined;
  const observer = new ResizeObserver(() => {
    document.documentElement.style.setProperty('--top', `${header.offsetHeight}px`);
  });
  observer.observe(header);
  return () => observer.disconnect();
}

function isCurrent(page: PageName): boolean {
  const current = route.value.page;
  return current === page || (current === 'call' && page === 'calls');
}

function Filters() {
  const providers = meta.value?.providers ?? [];
  return (
    <>
      <select
        aria-label="Provider"
        value={provider.value}
        onChange={(event) => setQuery({ provider: event.currentTarget.value })}
      >
        <option value="">All providers</option>
        {providers.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Time range"
        value={range.value.name}
        onChange={(event) => setQuery({ range: event.currentTarget.value })}
      >
        {RANGES.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </>
  );
}

/** The board and the core are released together. */
function Mismatch() {
  const versions = meta.value?.versions;
  if (!versions || versions.board === versions.core) return null;
  return (
    <p class="notice warn">
      The versions differ: @call-status/board {versions.board}, @call-status/core {versions.core}. Install the same
      version of both.
    </p>
  );
}

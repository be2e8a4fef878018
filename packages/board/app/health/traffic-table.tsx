import type { ComponentChildren } from 'preact';
import { health, meta } from '../api/state.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { provider } from '../shell/router.ts';
import { hrefOf, type PageName } from '../shell/routes.ts';
import { type TrafficRow, trafficLabel, trafficRows } from './traffic-rows.ts';

const COLUMNS: readonly Column<TrafficRow>[] = [
  { name: 'Provider', cell: (row) => row.provider },
  {
    name: 'Last hour',
    title: 'Callbacks a minute',
    cell: ({ perMinute }) => (perMinute ? <Sparkline values={perMinute} label={trafficLabel(perMinute)} /> : '–'),
  },
  { name: 'Callbacks', isNumber: true, cell: ({ total }) => (total === undefined ? '–' : formatCount(total)) },
  {
    name: 'Refused',
    isNumber: true,
    cell: (row) => (
      <LinkIf is={row.hasRefused} page="refused" query={{ provider: row.provider }} tone={row.isRefusing ? 'bad' : ''}>
        {row.refused}
      </LinkIf>
    ),
  },
  { name: 'Duplicates', isNumber: true, title: 'Callbacks that came again', cell: (row) => row.duplicates },
  { name: 'Late', isNumber: true, title: 'Callbacks that came after one of a higher status', cell: (row) => row.late },
  {
    name: 'Reconciled',
    isNumber: true,
    title: 'How often the API of the provider knew more of a call than its callbacks had said',
    cell: (row) => row.reconciled,
  },
  { name: 'Answer p50 · p99', isNumber: true, title: 'The time until the answer', cell: (row) => row.answer },
  {
    name: 'Delay p99',
    isNumber: true,
    title: 'The time from when it happened until its callback came',
    cell: (row) => row.delay,
  },
  {
    name: 'Live',
    isNumber: true,
    title: 'Calls that have not ended',
    cell: ({ provider: of, live }) => (
      <LinkIf is={live !== undefined && live > 0} page="calls" query={{ provider: of, state: 'live' }}>
        {live === undefined ? '–' : formatCount(live)}
      </LinkIf>
    ),
  },
  {
    name: 'Silent',
    isNumber: true,
    title: 'Live calls without an event for ten minutes',
    cell: ({ provider: of, silent }) => (
      <LinkIf is={silent > 0} page="calls" query={{ provider: of, stuck: 'true' }} tone="warn">
        {formatCount(silent)}
      </LinkIf>
    ),
  },
];

/** What came from each provider in the last hour, and its live calls. */
export function TrafficTable() {
  if (!health.value) return null;
  // A board that runs by itself names all built-in providers.
  const configured = meta.value?.receives ? meta.value.providers : [];
  const rows = trafficRows(configured, health.value).filter((row) => row.provider === (provider.value || row.provider));
  return (
    <section aria-labelledby="traffic">
      <h2 id="traffic">Providers</h2>
      {!health.value.traffic && (
        <p class="dim">
          “–”: this board runs apart from the service that receives callbacks, so it does not know their rates and
          times. Mount the board in the service to see them.
        </p>
      )}
      {rows.length > 0 && <DataTable columns={COLUMNS} rows={rows} keyOf={(row) => row.provider} />}
    </section>
  );
}

interface LinkProps {
  readonly is: boolean;
  readonly page: PageName;
  readonly query: Readonly<Record<string, string>>;
  readonly tone?: string;
  readonly children: ComponentChildren;
}

/** A link, if there is something to see. */
function LinkIf({ is, page, query, tone, children }: LinkProps) {
  if (!is) return <>{children}</>;
  return (
    <a class={tone} href={hrefOf(page, query)}>
      {children}
    </a>
  );
}

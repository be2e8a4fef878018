import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RefusalGroup, RefusedPage as Refused } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { health, serverNow } from '../api/state.ts';
import { isRefusing } from '../health/traffic-rows.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount, plural } from '../shared/format.ts';
import { Empty, FailureNotice } from '../shared/notices.tsx';
import { Time } from '../shared/time.tsx';
import { useLoad } from '../shared/use-load.ts';
import { provider, range, route } from '../shell/router.ts';
import { GroupRows } from './group-rows.tsx';
import { isDue, type Shown } from './pace.ts';
import { RefusalDialog } from './refusal-dialog.tsx';
import { groupKey } from './texts.ts';

/** Callbacks that were refused, by what they have in common. */
export function RefusedPage() {
  const chosen = useSignal('');
  const { ms, name, label } = range.value;
  const { data, failure, reload } = useLoad(
    (signal) =>
      get<Refused>('refused', { provider: provider.value, since: new Date(serverNow() - ms).toISOString() }, signal),
    [provider.value, name],
  );
  const shown = useRef<Shown | undefined>(undefined);
  useEffect(() => {
    const refused = health.value?.health.refused;
    if (!data || !refused) return;
    const total = refused.kept + refused.uncounted;
    const now = performance.now();
    if (!isDue(shown.current, total, now)) return;
    shown.current = { total, atMs: now };
    reload();
  }, [health.value]);
  const group = data?.groups.find((candidate) => groupKey(candidate) === chosen.value) ?? data?.groups[0];
  return (
    <>
      <header class="head">
        <h1>Refused callbacks</h1>
        <p class="dim">
          Requests that this service did not accept. The provider gets an error, and may send them again.
        </p>
      </header>
      <Alarms />
      {failure && <FailureNotice failure={failure} retry={reload} />}
      {data && data.uncounted > 0 && (
        <p class="notice">
          {plural(data.uncounted, 'more callback')} were only counted, because too many came at a time.
        </p>
      )}
      {data && !group && (
        <Empty title="No callback was refused">
          <p>None in the last {label}. A callback that is refused appears here, with the likely cause and its fix.</p>
        </Empty>
      )}
      {data && group && (
        <>
          <section aria-labelledby="causes">
            <h2 id="causes">Causes</h2>
            <DataTable columns={columnsOf(group, (key) => (chosen.value = key))} rows={data.groups} keyOf={groupKey} />
          </section>
          <GroupRows key={groupKey(group)} group={group} />
        </>
      )}
      {route.value.query['id'] && <RefusalDialog key={route.value.query['id']} id={route.value.query['id']} />}
    </>
  );
}

function columnsOf(shown: RefusalGroup, choose: (key: string) => void): readonly Column<RefusalGroup>[] {
  return [
    {
      name: 'Code',
      isWord: true,
      cell: (group) => (
        <button type="button" class="link" aria-pressed={group === shown} onClick={() => choose(groupKey(group))}>
          {group.code}
        </button>
      ),
    },
    { name: 'Provider', isWord: true, cell: (group) => group.provider ?? 'not known' },
    { name: 'Likely cause', cell: (group) => group.hint ?? '–' },
    { name: 'Callbacks', isNumber: true, cell: (group) => formatCount(group.count) },
    { name: 'First', isNumber: true, cell: (group) => <Time at={group.firstAt} /> },
    { name: 'Last', isNumber: true, cell: (group) => <Time at={group.lastAt} /> },
  ];
}

/** Providers most of whose callbacks are refused now. */
function Alarms() {
  const refusing = health.value?.traffic?.filter(isRefusing) ?? [];
  return (
    <>
      {refusing.map(({ provider: name, recent }) => (
        <div key={name} class="notice bad">
          <p>
            <span role="alert">
              Most callbacks of <b>{name}</b> are refused: a wrong secret, token or URL refuses all.
            </span>{' '}
            {formatCount(recent.refused)} of {plural(recent.total, 'callback')} in the last 5 minutes.
          </p>
        </div>
      ))}
    </>
  );
}

import { useEffect } from 'preact/hooks';
import { onEvents } from '../api/live.ts';
import { health } from '../api/state.ts';
import { formatCount, plural } from '../shared/format.ts';
import { FailureNotice } from '../shared/notices.tsx';
import { useSeldom } from '../shared/use-seldom.ts';
import { provider, range, route } from '../shell/router.ts';
import * as list from './calls-list.ts';
import { CallsTable } from './calls-table.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filtersOf } from './filters.ts';
import { NoCalls } from './no-calls.tsx';

/** All calls: searched, filtered, and live. */
export function CallsPage() {
  const filters = filtersOf(route.value.query);
  const query = { filters, provider: provider.value, rangeMs: range.value.ms };
  useEffect(() => list.open(query), [JSON.stringify(query)]);
  useEffect(() => onEvents(list.noteEvents), []);
  // A call becomes stuck without an event.
  const checked = filters['stuck'] ? health.value : undefined;
  useEffect(() => {
    if (checked && !list.isHeld.value) void list.load();
  }, [checked]);
  const dead = health.value?.health.dead;
  useEffect(() => {
    if (dead !== undefined) list.noteDead(dead);
  }, [dead]);
  const { length } = list.rows.value;
  const shown = `${plural(length, 'call')} shown${list.hasMore.value ? ', more when you scroll' : ''}`;
  const said = useSeldom(list.isLoaded.value ? shown : '', list.isLoaded.value);
  return (
    <>
      <h1 class="sr">Calls</h1>
      <FilterBar />
      {list.failure.value && <FailureNotice failure={list.failure.value} retry={list.load} />}
      <p class="sr" role="status">
        {said}
      </p>
      {length > 0 && <CallsTable rows={list.rows.value} />}
      {length === 0 && list.isLoaded.value && <NoCalls filters={filters} />}
      <Waiting />
    </>
  );
}

function Waiting() {
  const { length } = list.waiting.value;
  const isBehind = list.isBehind.value;
  if (length === 0 && !isBehind) return null;
  function show() {
    list.showWaiting();
    scrollTo({ top: 0 });
  }
  return (
    <button type="button" class="primary waiting" onClick={show}>
      {isBehind ? 'Show all that is new' : `${formatCount(length)} new`}
    </button>
  );
}

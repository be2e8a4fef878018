import { useEffect } from 'preact/hooks';
import type { DeadRequest } from '../../src/api/types.ts';
import { toFailure } from '../api/client.ts';
import { health, may } from '../api/state.ts';
import { plural } from '../shared/format.ts';
import { Empty, FailureNotice } from '../shared/notices.tsx';
import { useKeys } from '../shared/use-keys.ts';
import { provider, route, setQuery } from '../shell/router.ts';
import { withValues } from '../shell/routes.ts';
import { askFirst } from './ask-first.tsx';
import {
  act,
  type Filter,
  failure,
  followReplayed,
  hasPending,
  kept,
  load,
  page,
  type Run,
  reload,
} from './dead-list.ts';
import { GroupTable } from './group-table.tsx';
import { mergeRows } from './kept-rows.ts';
import { PeriodBar } from './period-bar.tsx';
import { RowTable } from './row-table.tsx';

const FOLLOW_MS = 1500;

/** Events that no attempt could handle. */
export function DeadPage() {
  const { error = '', since = '', until = '' } = route.value.query;
  const filter = { provider: provider.value, error, since, until };
  useEffect(() => void load(filter), Object.values(filter));
  useReloads(filter);

  const run: Run = async (action, request) => {
    try {
      const counted = await askFirst(action, request);
      if (counted) await act(action, counted, filter);
      else await reload(filter);
    } catch (problem) {
      failure.value = toFailure(problem);
    }
  };
  const all: DeadRequest = withValues({}, filter);
  useKeys({
    r() {
      const key = document.activeElement?.closest('[data-key]')?.getAttribute('data-key');
      if (may('replay') && page.value?.rows.length) run('replay', key ? { keys: [key] } : all);
    },
  });

  const { groups = [], rows = [], next } = page.value ?? {};
  const shown = mergeRows(kept.value, rows);
  const isPeriod = since !== '' || until !== '';
  return (
    <>
      <header class="head">
        <h1>Dead letters</h1>
        <p class="dim">Events that no attempt could handle. They stay until they are replayed or discarded.</p>
      </header>
      {failure.value && <FailureNotice failure={failure.value} retry={() => void reload(filter)} />}
      {!may('replay') && (
        <p class="notice">You may look at dead letters. To replay or discard them, you need the permission “replay”.</p>
      )}
      <PeriodBar since={since} until={until} all={rows.length > 0 ? all : undefined} run={run} />
      {page.value && shown.length === 0 && isPeriod && <p class="nothing">No event failed for good in this time.</p>}
      {page.value && shown.length === 0 && !filter.error && !isPeriod && (
        <Empty title="No event has failed for good">
          <p>An event whose handlers fail at every attempt appears here, with its error.</p>
        </Empty>
      )}
      {groups.length > 0 && (
        <GroupTable groups={groups} error={error} period={withValues({}, { since, until })} run={run} />
      )}
      {shown.length > 0 && <RowTable rows={shown} run={run} />}
      {filter.error && (
        <p>
          <button type="button" onClick={() => setQuery({ error: '' })}>
            Show all errors
          </button>
        </p>
      )}
      {next !== undefined && (
        <p>
          <button type="button" onClick={() => void reload(filter, rows.length)}>
            Show more than {plural(rows.length, 'event')}
          </button>
        </p>
      )}
    </>
  );
}

/** Loads again when the number of dead letters changes, and follows replayed events. */
function useReloads(filter: Filter): void {
  const dead = health.value?.health.dead;
  useEffect(() => {
    if (page.value && dead !== undefined) void reload(filter);
  }, [dead]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && hasPending()) void followReplayed(filter);
    }, FOLLOW_MS);
    return () => clearInterval(timer);
  }, Object.values(filter));
}

import type { DeadRequest } from '../../src/api/types.ts';
import { may } from '../api/state.ts';
import { setQuery } from '../shell/router.ts';
import { Actions } from './actions.tsx';
import type { Run } from './dead-list.ts';

interface Props {
  readonly since: string;
  readonly until: string;
  /** All that are shown, and those on further pages; absent if there are none. */
  readonly all: DeadRequest | undefined;
  readonly run: Run;
}

/** Limits the page to those that failed in a time, and acts on all of them. */
export function PeriodBar({ since, until, all, run }: Props) {
  return (
    <search class="filters">
      <TimeInput label="Failed from" name="since" value={since} />
      <TimeInput label="until" name="until" value={until} />
      {(since || until) && (
        <button type="button" class="quiet" onClick={() => setQuery({ since: '', until: '' })}>
          Clear
        </button>
      )}
      {all && may('replay') && (
        <span>
          All of these: <Actions of="all events that match" request={all} run={run} />
        </span>
      )}
    </search>
  );
}

interface TimeProps {
  readonly label: string;
  /** In the address. */
  readonly name: 'since' | 'until';
  readonly value: string;
}

function TimeInput({ label, name, value }: TimeProps) {
  return (
    <label>
      {label}{' '}
      <input
        type="datetime-local"
        max="9999-12-31T23:59"
        value={localOf(value)}
        onChange={({ currentTarget }) => setQuery({ [name]: isoOf(currentTarget.value) })}
      />
    </label>
  );
}

/** A time on the viewer's clock, to the minute, as an input has it. */
function localOf(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '' : new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Empty without a time, and while someone types a year of too many digits. */
function isoOf(local: string): string {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}

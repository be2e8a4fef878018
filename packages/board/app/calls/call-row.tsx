import type { CallRow } from '../../src/api/types.ts';
import { formatLength } from '../shared/format.ts';
import { StatusMark } from '../shared/status-mark.tsx';
import { now, Time } from '../shared/time.tsx';
import { route } from '../shell/router.ts';
import { hrefOf, sharedQuery } from '../shell/routes.ts';
import { answerOf, endOf, lengthOf, partiesOf } from './call-texts.ts';

interface Props {
  readonly row: CallRow;
  /** Its place in the table, the header counted. */
  readonly index: number;
}

/** A call in the list. */
export function Row({ row, index }: Props) {
  const href = hrefOf('call', sharedQuery(route.value.query), row.key);
  const parties = partiesOf(row);
  const length = lengthOf(row, now.value);
  const end = endOf(row);
  return (
    <tr
      data-key={row.key}
      aria-rowindex={index}
      onClick={(event) => {
        if (getSelection()?.isCollapsed !== false && !event.ctrlKey && !event.metaKey) location.hash = href;
      }}
    >
      <td class="status">
        <StatusMark status={row.status} />
      </td>
      <td class="provider">{row.provider}</td>
      <td class="direction dim">{row.direction ?? '–'}</td>
      <th scope="row" class="parties" title={row.callId}>
        <a href={href}>{parties}</a>
      </th>
      <td class="started dim">
        <Time at={row.firstEventAt} />
      </td>
      <td class="length">{length === undefined ? '–' : formatLength(length)}</td>
      <td class="answered">{answerOf(row)}</td>
      <td class="end" title={end}>
        {end}
      </td>
      <td class="mos">{row.mos?.toFixed(1) ?? '–'}</td>
      <td class="events">
        {row.eventCount} <Signs row={row} />
      </td>
      <td class={`trust ${row.trust === 'none' ? 'warn' : 'dim'}`}>{row.trust}</td>
    </tr>
  );
}

/** What an operator should look at. */
export function Signs({ row }: { readonly row: CallRow }) {
  return (
    <>
      {row.hasDeadLetter && <StatusMark status="dead" />}
      {row.hasConflict && <b class="bad"> conflict</b>}
      {row.hasLate && !row.hasConflict && <b class="warn"> late</b>}
    </>
  );
}

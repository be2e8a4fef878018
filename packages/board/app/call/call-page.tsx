import { useEffect } from 'preact/hooks';
import type { CallDetail } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { erased, onEvents, paused } from '../api/live.ts';
import { Signs } from '../calls/call-row.tsx';
import { answerOf, endOf, lengthOf, partiesOf } from '../calls/call-texts.ts';
import { Copy } from '../shared/copy.tsx';
import { formatLength } from '../shared/format.ts';
import { FailureNotice } from '../shared/notices.tsx';
import { StatusMark } from '../shared/status-mark.tsx';
import { now, Time } from '../shared/time.tsx';
import { useKeys } from '../shared/use-keys.ts';
import { useLoad } from '../shared/use-load.ts';
import { goBack } from '../shell/router.ts';
import { Actions } from './actions.tsx';
import { isAsking } from './asking.tsx';
import { Callbacks } from './callbacks.tsx';
import { Facts } from './facts.tsx';
import { Waterfall } from './waterfall.tsx';

/** One call: what happened when, what arrived, and what became of it. */
export function CallPage({ callKey }: { readonly callKey: string }) {
  const { data, failure, reload } = useLoad<CallDetail>((signal) => get('call', { key: callKey }, signal), [callKey]);
  useEffect(() => {
    return onEvents((events) => {
      if (events?.some(({ key }) => key === callKey) ?? true) reload();
    });
  }, []);
  useEffect(() => {
    // Handling goes on without an event.
    const isSettled = data?.events.every(({ handling: { state } }) => state === 'handled' || state === 'dead') ?? true;
    if ((isSettled && !(data && isAsking(data))) || paused.value) return undefined;
    const timer = setTimeout(reload, 2000);
    return () => clearTimeout(timer);
  }, [data, failure, paused.value]);
  useEffect(() => {
    if (erased.value?.key === callKey) reload();
  }, [erased.value]);
  useKeys({ Escape: goBack });
  return (
    <>
      {failure && <FailureNotice failure={failure} retry={reload} />}
      {data && failure?.code !== 'not_found' && <Detail detail={data} />}
    </>
  );
}

function Detail({ detail }: { readonly detail: CallDetail }) {
  return (
    <article>
      <Summary detail={detail} />
      <div class="columns">
        <div>
          <Waterfall detail={detail} />
          <Callbacks events={detail.events} />
        </div>
        <Facts detail={detail} />
      </div>
    </article>
  );
}

function Summary({ detail }: { readonly detail: CallDetail }) {
  const { row } = detail;
  const length = lengthOf(row, now.value);
  const answer = answerOf(row);
  return (
    <header class="summary">
      <h1>
        <StatusMark status={row.status} /> {partiesOf(row)}
      </h1>
      <Actions detail={detail} />
      <p class="dim">
        {row.provider} <code>{row.callId}</code> <Copy text={row.callId} />
      </p>
      <p>
        {row.direction && `${row.direction} · `}
        started <Time at={row.firstEventAt} />
        {length !== undefined && ` · ${formatLength(length)}`}
        {answer !== '–' && ` · answered: ${answer}`}
        {endOf(row) && ` · ${endOf(row)}`}
        {row.mos !== undefined && ` · MOS ${row.mos.toFixed(1)}`} <Signs row={row} />
      </p>
    </header>
  );
}

import type { CallDetail, ReconcileAnswer, ReconcileRequest } from '../../src/api/types.ts';
import { now, Time } from '../shared/time.tsx';

type Watch = NonNullable<CallDetail['watch']>;
type Reason = Exclude<ReconcileAnswer['decision'], 'requested'> | NonNullable<ReconcileRequest['result']>;

/** What the page says for each reason that nothing was recorded: the server knows some at once, the process that asks knows the others. */
const TEXTS: Readonly<Record<Reason, string>> = {
  complete: 'This call has ended, and nothing is lacking.',
  unchanged: 'Nothing new: PROVIDER knows no more than its callbacks have said.',
  not_found: 'PROVIDER does not know this call.',
  unknown: 'The answer of PROVIDER says nothing about this call.',
  failed: 'PROVIDER gave no usable answer. The log of the service says why.',
  no_api: 'PROVIDER cannot be asked: it documents no way to ask about a call.',
  no_credentials:
    'PROVIDER cannot be asked: the service has no credentials for its API. Give the provider the option api.',
  invalid_id: 'PROVIDER was not asked: none of its calls has such an id.',
};

/** Another process looks every ten seconds. */
const PATIENCE_MS = 15_000;

/** Whether the answer has still to come. */
export function isAsking({ watch }: CallDetail): boolean {
  const request = watch?.progress.request;
  return request !== undefined && request.result === undefined;
}

/** What came of asking the provider, if someone did. */
export function Asking(props: Props) {
  return <p role="status">{isAsking(props.detail) ? <Waiting detail={props.detail} /> : <Outcome {...props} />}</p>;
}

interface Props {
  readonly detail: CallDetail;
  /** What the server said to the visitor's last request. */
  readonly decision?: ReconcileAnswer['decision'] | undefined;
}

function Waiting({ detail: { row, watch } }: Props) {
  const { dueAt, progress } = watch as Watch;
  const { at } = progress.request as ReconcileRequest;
  if (Date.parse(dueAt) > now.value) {
    return (
      <>
        {progress.unsettled
          ? `${row.provider} says that the call has ended, but not yet how long it was. It is asked again at `
          : `The rate limit of ${row.provider} is used up. It is asked at `}
        <Time at={dueAt} as="clock" />.
      </>
    );
  }
  if (now.value - Date.parse(at) < PATIENCE_MS) return <>Asking {row.provider}…</>;
  return (
    <>
      No answer since <Time at={at} as="clock" />. If none comes, no service that can ask {row.provider} runs on this
      inbox.
    </>
  );
}

function Outcome({ detail: { row, watch, events }, decision }: Props) {
  const request = watch?.progress.request;
  const reason = decision === undefined || decision === 'requested' ? request?.result : decision;
  if (reason === undefined) {
    const hasAnswer = decision === 'requested' && events.some(({ source }) => source === 'reconciled');
    return <>{hasAnswer && `${row.provider} has answered: see the last callback, with the source reconciled.`}</>;
  }
  return (
    <>
      {TEXTS[reason].replace('PROVIDER', row.provider)}
      {reason === request?.result && (
        <span class="dim">
          {request.httpStatus && ` Its answer had the status ${request.httpStatus}.`} Asked at{' '}
          <Time at={request.at} as="clock" />.
        </span>
      )}
    </>
  );
}

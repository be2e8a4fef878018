import type { ComponentChildren } from 'preact';
import type { RefusalDetail } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { may } from '../api/state.ts';
import { Copy } from '../shared/copy.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Modal } from '../shared/modal.tsx';
import { FailureNotice } from '../shared/notices.tsx';
import { Time } from '../shared/time.tsx';
import { useLoad } from '../shared/use-load.ts';
import { setQuery } from '../shell/router.ts';
import { DiagnosisTable } from './diagnosis-table.tsx';
import { requestText } from './texts.ts';

/** One refused callback: what it was, what the doctor finds, and the request. */
export function RefusalDialog({ id }: { readonly id: string }) {
  const { data, failure, reload } = useLoad((signal) => get<RefusalDetail>('refusal', { id }, signal), [id]);
  return (
    <Modal title="Refused callback" isWide onClose={() => setQuery({ id: '' })}>
      {failure && <FailureNotice failure={failure} retry={reload} />}
      {data && <Details {...data} />}
    </Modal>
  );
}

function Details({ row, request, diagnosis, note }: RefusalDetail) {
  const { provider, code, hint, httpStatus, url, caller, bytes, contentType, headerNames, requestId, count } = row;
  return (
    <>
      <dl class="facts">
        <Fact name="Time">
          <Time at={row.lastAt} as="exact" />
          {count > 1 && ` (${formatCount(count)} alike within a second)`}
        </Fact>
        <Fact name="Provider">{provider}</Fact>
        <Fact name="Answer">
          {httpStatus} <code>{code}</code>
        </Fact>
        <Fact name="Likely cause">{hint}</Fact>
        <Fact name="URL">
          <span class="mono">{url}</span>
        </Fact>
        <Fact name="Caller">{caller}</Fact>
        <Fact name="Body">{[contentType, bytes !== undefined && formatBytes(bytes)].filter(Boolean).join(', ')}</Fact>
        <Fact name="Headers">{headerNames.join(', ')}</Fact>
        <Fact name="Request id">{requestId}</Fact>
      </dl>
      <h3>Diagnosis</h3>
      {diagnosis ? <DiagnosisTable diagnosis={diagnosis} /> : <p>{note}</p>}
      {request ? (
        <details>
          <summary>Request</summary>
          <Copy text={requestText(request)} />
          <pre>{requestText(request)}</pre>
        </details>
      ) : (
        row.hasRequest && !may('raw') && <p class="dim">To see the request itself, you need the permission “raw”.</p>
      )}
    </>
  );
}

/** Something that is known about it. */
function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

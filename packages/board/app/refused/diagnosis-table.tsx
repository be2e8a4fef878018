import type { RefusalDetail } from '../../src/api/types.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { effortOf } from './texts.ts';

type Diagnosis = NonNullable<RefusalDetail['diagnosis']>;
type Finding = Diagnosis['findings'][number];

const COLUMNS: readonly Column<Finding>[] = [
  { name: 'Rule', cell: ({ causes }) => <code>{causes.join(' + ')}</code> },
  { name: 'Evidence', cell: ({ evidence }) => evidence },
  { name: 'Fix', cell: ({ fix }) => fix },
  { name: 'Proof', cell: ({ certain }) => (certain ? <b>✓ certain</b> : <span class="dim">? possible</span>) },
];

/** What the doctor finds, the most likely first. */
export function DiagnosisTable({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  return (
    <>
      <p class="dim">{effortOf(diagnosis)}</p>
      {diagnosis.findings.length > 0 && (
        <DataTable
          columns={COLUMNS}
          rows={diagnosis.findings}
          keyOf={({ causes, evidence }) => `${causes.join()} ${evidence}`}
        />
      )}
    </>
  );
}

import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly name: string;
  /** What it means, if the name does not say. */
  readonly title?: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

interface Props<Row> {
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** A class. @default 'cards': on a phone, rows become cards */
  readonly kind?: string;
}

/** A table. */
export function DataTable<Row>({ columns, rows, keyOf, kind = 'cards' }: Props<Row>) {
  return (
    <table class={kind}>
      <thead>
        <tr>
          {columns.map(({ name, title, isNumber }) => (
            <th key={name} scope="col" title={title} class={isNumber ? 'num' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} data-key={keyOf(row)}>
            {columns.map(({ name, isNumber, cell }, index) =>
              index === 0 ? (
                <th key={name} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={name} data-label={name} class={isNumber ? 'num' : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

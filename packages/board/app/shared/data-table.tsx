import { type ComponentChildren, Fragment } from 'preact';

export interface Column<Row> {
  readonly name: string;
  /** What it means, if the name does not say. */
  readonly title?: string;
  readonly isNumber?: boolean;
  /** A code or a name, which is not broken in the middle. */
  readonly isWord?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

interface Props<Row> {
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** A line below the row, across all columns. */
  readonly detail?: (row: Row) => ComponentChildren;
  /** A class. @default 'cards': on a phone, rows become cards */
  readonly kind?: string;
}

/** A table. */
export function DataTable<Row>({ columns, rows, keyOf, detail, kind = 'cards' }: Props<Row>) {
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
        {rows.map((row) => {
          const below = detail?.(row);
          return (
            <Fragment key={keyOf(row)}>
              <tr data-key={keyOf(row)}>
                {columns.map(({ name, isNumber, isWord, cell }, index) =>
                  index === 0 ? (
                    <th key={name} scope="row" class={isWord ? 'word' : undefined}>
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={name} data-label={name} class={isNumber ? 'num' : isWord ? 'word' : undefined}>
                      {cell(row)}
                    </td>
                  ),
                )}
              </tr>
              {below && (
                <tr class="detail">
                  <td colSpan={columns.length}>{below}</td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

import { stripVTControlCharacters } from 'node:util';
import type { Output, Style } from './output.ts';
import { safe } from './safe.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The text of a cell. Control characters are removed. */
  readonly text: (row: Row) => string;
  /** Changes the look of a cell. */
  readonly style?: (row: Row) => Style | undefined;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

/** Rows as aligned text, with the titles of the columns; without trailing spaces. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { style }: Output): string {
  const cells = rows.map((row) => columns.map(({ text }) => safe(text(row))));
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => widthOf(line[at] ?? ''))),
  );
  const pad = (text: string, at: number, look: Style = (plain) => plain): string => {
    const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)));
    if (columns[at]?.align === 'right') return space + look(text);
    return at === columns.length - 1 ? look(text) : look(text) + space;
  };
  const head = columns.map(({ title }, at) => pad(title, at, style.dim));
  const lines = rows.map((row, index) =>
    columns.map((column, at) => pad(cells[index]?.[at] ?? '', at, column.style?.(row))),
  );
  return [head, ...lines].map((line) => `  ${line.join('  ').trimEnd()}`).join('\n');
}

/** How many columns of a terminal a text takes. East Asian and emoji characters take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of SEGMENTER.segment(stripVTControlCharacters(text))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

const SEGMENTER = new Intl.Segmenter();
const WIDE = /\p{Emoji_Presentation}|[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/u;

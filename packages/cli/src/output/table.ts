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
  /** How narrow the column may become on a terminal that is narrow. @default as wide as its texts */
  readonly shrinks?: number;
  /** Whether the column may be left out on a terminal that is narrow. @default false */
  readonly isOptional?: boolean;
}

/** How to show a table. */
export interface TableOptions {
  /** Whether the first line has the titles. @default true */
  readonly hasTitles?: boolean;
  /** How many columns of characters there are. @default those of the terminal; without one, enough */
  readonly width?: number;
}

/** Between two columns, and before the first. */
const GAP = '  ';

/** Rows as aligned text, with the titles of the columns; without trailing spaces, and no wider than the terminal. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { style, isTerminal }: Output,
  { hasTitles = true, width = widthOfTerminal(isTerminal) }: TableOptions = {},
): string {
  const shown = columns.map((column) => {
    const cells = rows.map((row) => safe(column.text(row)));
    return { column, cells, width: Math.max(column.title.length, ...cells.map(widthOf)) };
  });
  fit(shown, width);
  const pad = (text: string, at: number, look: Style = (plain) => plain): string => {
    const { column, width: wanted } = shown[at] as Shown<Row>;
    const cell = cut(text, wanted);
    const space = ' '.repeat(Math.max(0, wanted - widthOf(cell)));
    const styled = cell === '' ? '' : look(cell);
    if (column.align === 'right') return space + styled;
    return at === shown.length - 1 ? styled : styled + space;
  };
  const head = shown.map(({ column: { title } }, at) => pad(title, at, style.dim));
  const lines = rows.map((row, index) =>
    shown.map(({ column, cells }, at) => pad(cells[index] as string, at, column.style?.(row))),
  );
  return [...(hasTitles ? [head] : []), ...lines].map((line) => (GAP + line.join(GAP)).trimEnd()).join('\n');
}

/** A terminal of unknown size has 0 columns. */
function widthOfTerminal(isTerminal: boolean): number {
  return (isTerminal && process.stdout.columns) || Number.POSITIVE_INFINITY;
}

/** A column with what it shows. */
interface Shown<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  width: number;
}

/** Makes columns narrower, and then leaves some out, until they fit. */
function fit<Row>(shown: Shown<Row>[], width: number): void {
  let surplus = shown.reduce((sum, each) => sum + GAP.length + each.width, 0) - width;
  for (const each of shown) {
    const { title, shrinks = each.width } = each.column;
    const less = Math.max(0, Math.min(surplus, each.width - Math.max(shrinks, title.length)));
    each.width -= less;
    surplus -= less;
  }
  while (surplus > 0) {
    const at = shown.findLastIndex(({ column }) => column.isOptional === true);
    if (at < 0) return;
    const [left] = shown.splice(at, 1) as [Shown<Row>];
    surplus -= GAP.length + left.width;
  }
}

/** A text that is no wider than a column. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = '';
  for (const { segment } of SEGMENTER.segment(text)) {
    if (widthOf(shown + segment) >= width) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** How many columns of a terminal a text takes. East Asian and emoji characters take two. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(stripVTControlCharacters(text))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

const ASCII = /^[ -~]*$/;
const SEGMENTER = new Intl.Segmenter();
const WIDE = /\p{Emoji_Presentation}|[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/u;

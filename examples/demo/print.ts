import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'red';

const style =
  (name: Style) =>
  (text: string): string =>
    process.stdout.isTTY ? styleText(name, text) : text;

export const bold: (text: string) => string = style('bold');
export const dim: (text: string) => string = style('dim');
export const green: (text: string) => string = style('green');
export const red: (text: string) => string = style('red');

/** Rows in columns as wide as they need to be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [dim(line(head)), ...rows.map(line)].join('\n');
}

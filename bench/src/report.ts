/** What a part of the benchmark found, as a table. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A section in Markdown. */
export function markdown({ title, columns, rows }: Section): string {
  const lines = [columns, columns.map((_, at) => (at === 0 ? '---' : '---:')), ...rows];
  return `### ${title}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** Whether a ratio reaches its target. */
export function verdict(value: number, target: { atMost: number } | { atLeast: number } | undefined): string {
  if (target === undefined) return '';
  if ('atMost' in target) return `${value <= target.atMost ? '✓' : '✗'} ≤ ${target.atMost.toFixed(2)}`;
  return `${value >= target.atLeast ? '✓' : '✗'} ≥ ${target.atLeast.toFixed(2)}`;
}

import { availableParallelism } from 'node:os';

/** What a part of the benchmark found, as a table. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What it found of what is to be reached. */
  readonly findings?: readonly Finding[];
}

/** A ratio to be reached. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** What was measured of a target. */
export interface Finding {
  readonly what: string;
  readonly beside: string;
  readonly target: Target;
  readonly measured: number;
}

/** A section in Markdown. */
export function markdown({ title, columns, rows }: Section): string {
  const lines = [columns, columns.map((_, at) => (at === 0 ? '---' : '---:')), ...rows];
  return `### ${title}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** Whether a ratio reaches its target. */
export function verdict(value: number, target: Target | undefined): string {
  if (target === undefined) return '';
  const isReached = 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
  return `${isReached ? '✓' : '✗'} ${textOf(target)}`;
}

/** All targets of a run beside what was measured. */
export function targetsOf(sections: readonly Section[]): Section {
  return {
    title: `Targets, on ${MACHINE}`,
    columns: ['what', 'beside', 'target', 'measured', 'reached'],
    rows: sections
      .flatMap(({ findings = [] }) => findings)
      .map(({ what, beside, target, measured }) => [
        what,
        beside,
        textOf(target),
        measured.toFixed(2),
        verdict(measured, target).charAt(0),
      ]),
  };
}

/** For which machine a ratio is true. */
export const MACHINE: string = `Node ${process.versions.node}, ${availableParallelism()} cores`;

function textOf(target: Target): string {
  return 'atMost' in target ? `≤ ${target.atMost.toFixed(2)}` : `≥ ${target.atLeast.toFixed(2)}`;
}

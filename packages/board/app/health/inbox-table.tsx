import { health } from '../api/state.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { now } from '../shared/time.tsx';
import { type Figure, inboxFigures, type Level, namesOf } from './inbox-figures.ts';

const MARKS: Readonly<Record<Level, string>> = { fine: 'dim', watch: 'warn', act: 'bad' };
const SHAPES: Readonly<Record<Level, string>> = { fine: '✓', watch: '◆', act: '▲' };

/** How a figure is: shape, word and color. */
function LevelMark({ level }: { readonly level: Level }) {
  return (
    <span class={MARKS[level]}>
      <span aria-hidden="true">{SHAPES[level]}</span> {level}
    </span>
  );
}

const COLUMNS: readonly Column<Figure>[] = [
  { name: 'Figure', cell: ([name]) => name },
  { name: 'Now', isNumber: true, cell: ([, value, , , href]) => (href ? <a href={href}>{value}</a> : value) },
  { name: 'State', cell: ([, , level]) => <LevelMark level={level} /> },
  { name: 'What it means', cell: ([, , , about]) => <span class="dim">{about}</span> },
];

/** What is not fine. */
export function Verdict() {
  const figures = health.value && inboxFigures(health.value.health, now.value);
  const levels = (['act', 'watch'] as const).filter((level) => figures && namesOf(figures, level));
  return (
    <p>
      {figures && levels.length === 0 && <LevelMark level="fine" />}
      {figures &&
        levels.map((level) => (
          <span key={level} class="verdict">
            <LevelMark level={level} />: {namesOf(figures, level)}
          </span>
        ))}
    </p>
  );
}

/** The figures of the inbox, with what they mean. */
export function InboxTable() {
  if (!health.value) return null;
  return (
    <section aria-labelledby="inbox">
      <h2 id="inbox">Inbox</h2>
      <DataTable
        kind="inbox"
        columns={COLUMNS}
        rows={inboxFigures(health.value.health, now.value)}
        keyOf={([name]) => name}
      />
    </section>
  );
}

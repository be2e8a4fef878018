import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { CallRow } from '../../src/api/types.ts';
import { useKeys } from '../shared/use-keys.ts';
import { Row } from './call-row.tsx';
import { focused, isScrolled, loadOlder } from './calls-list.ts';
import { firstInSight, type VisibleRows, visibleRows } from './visible-rows.ts';

const COLUMNS = [
  ['status', 'Status'],
  ['provider', 'Provider'],
  ['direction', 'Direction'],
  ['parties', 'From → to'],
  ['started', 'Started'],
  ['length', 'Duration'],
  ['answered', 'Answered'],
  ['end', 'End'],
  ['mos', 'MOS'],
  ['events', 'Events'],
  ['trust', 'Trust'],
] as const;

/** Rows before the end at which older ones are loaded. */
const AHEAD = 40;

const NOWHERE = { scroll: 0 };

/** Where the visitor opened a call, for the way back. */
let opened: { readonly scroll: number; readonly key?: string | undefined } = NOWHERE;

/** The rows near the window; the others only take up space. */
export function CallsTable({ rows }: { readonly rows: readonly CallRow[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useSignal(33);
  const visible = useSignal<VisibleRows>({ from: 0, to: 40 });
  const { length } = rows;

  function measure() {
    const element = body.current;
    if (!element) return;
    rowHeight.value = element.querySelector<HTMLElement>('[data-key]')?.offsetHeight ?? rowHeight.value;
    const { from, to } = visibleRows(-element.getBoundingClientRect().top, innerHeight, rowHeight.value, length);
    if (from !== visible.value.from || to !== visible.value.to) visible.value = { from, to };
    isScrolled.value = scrollY > 0;
    if (to > length - AHEAD) void loadOlder();
  }

  useLayoutEffect(measure, [rows, rowHeight.value]);
  useEffect(() => {
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  });
  useEffect(() => {
    scrollTo({ top: opened.scroll });
    measure();
    const { key } = opened;
    requestAnimationFrame(() => key && focusRow(body.current, key));
    opened = NOWHERE;
    return () => {
      focused.value = undefined;
      isScrolled.value = false;
    };
  }, []);
  function move(step: number) {
    const at = rows.findIndex(({ key }) => key === focused.value);
    const index = at < 0 ? firstInSight(visible.value) : Math.max(0, Math.min(length - 1, at + step));
    const row = rows[index];
    if (!row || focusRow(body.current, row.key)) return;
    const top = (body.current?.getBoundingClientRect().top ?? 0) + scrollY;
    scrollTo({ top: top + index * rowHeight.value - innerHeight / 2 });
    requestAnimationFrame(() => requestAnimationFrame(() => focusRow(body.current, row.key)));
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Escape: () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  });

  const { from, to } = visible.value;
  return (
    <table class="calls" aria-rowcount={length + 1}>
      <caption class="sr">Calls, the newest first</caption>
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map(([name, label]) => (
            <th key={name} scope="col" class={name}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody
        ref={body}
        onFocusIn={({ target }) => {
          focused.value = keyOf(target);
        }}
        onClickCapture={({ target }) => {
          opened = { scroll: scrollY, key: keyOf(target) };
        }}
        onFocusOut={() => {
          focused.value = undefined;
        }}
      >
        <Space height={from * rowHeight.value} />
        {rows.slice(from, to).map((row, index) => (
          <Row key={row.key} row={row} index={from + index + 2} />
        ))}
        <Space height={Math.max(0, length - to) * rowHeight.value} />
      </tbody>
    </table>
  );
}

function Space({ height }: { readonly height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row cannot have the focus
    <tr aria-hidden="true" class="space">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

function keyOf(target: EventTarget | null): string | undefined {
  return (target as Element).closest<HTMLElement>('[data-key]')?.dataset['key'];
}

function focusRow(body: HTMLElement | null, key: string): boolean {
  const link = body?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] a`);
  link?.focus();
  return link !== undefined && link !== null;
}

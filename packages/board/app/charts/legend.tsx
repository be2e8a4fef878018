import type { Series } from './series.ts';
import { Swatch } from './swatch.tsx';

interface Item {
  readonly series: Series;
  readonly isLine: boolean;
  readonly value: string;
}

/** The names of the series, with their values at one time or in all. */
export function Legend({ items }: { readonly items: readonly Item[] }) {
  return (
    <ul class="legend">
      {items.map(({ series: { name, tone, href }, isLine, value }) => (
        <li key={name}>
          <Swatch tone={tone} isLine={isLine} />
          {href ? <a href={href}>{name}</a> : name} <b>{value}</b>
        </li>
      ))}
    </ul>
  );
}

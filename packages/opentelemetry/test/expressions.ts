// The expressions of the dashboard and the alerts, and what they read.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Sample } from './support.ts';

export const DOCS = path.join(import.meta.dirname, '../../../docs');

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

/** An expression, with its place. */
export interface Expression {
  readonly of: string;
  readonly text: string;
}

/** Those of the dashboard, with values for its variables. */
export function dashboardExpressions(): Expression[] {
  const { panels } = JSON.parse(readFileSync(path.join(DOCS, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      of: title,
      text: expr.replaceAll('$provider', '.*').replaceAll('$__rate_interval', '1m'),
    })),
  );
}

/** Those of the alerts. */
export function alertExpressions(): Expression[] {
  const text = readFileSync(path.join(DOCS, 'alerts.yml'), 'utf8');
  return [...text.matchAll(/- alert: (\w+)\n\s+expr: (?:\|\n)?(.*?)\n\s+for:/gs)].map(
    ([, of = '', expression = '']) => ({
      of,
      text: expression,
    }),
  );
}

/** What Prometheus adds, and so no sample of a scrape has. */
const ADDED = new Set(['job', 'instance']);

/** What is wrong with an expression: metrics, labels or values that no sample has. */
export function unknownIn({ text }: Expression, samples: readonly Sample[]): string[] {
  const selectors = [...text.matchAll(/(call_status_\w+)?\{([^}]*)\}|(call_status_\w+)/g)].map(
    ([, name, matchers = '', bare]) => ({ name: name ?? bare, matchers: matchersOf(matchers) }),
  );
  const known = new Set(ADDED);
  const problems = selectors.flatMap(({ name, matchers }) => {
    const isNamed = matchers.find(({ label }) => label === '__name__')?.isLike ?? ((given: string) => given === name);
    const found = samples.filter((sample) => isNamed(sample.name));
    if (found.length === 0) return [`no metric ${name ?? JSON.stringify(matchers)}`];
    for (const { labels } of found) for (const label of Object.keys(labels)) known.add(label);
    return matchers
      .filter(({ label, isLike }) => label !== '__name__' && !found.some(({ labels }) => isLike(labels[label] ?? '')))
      .map(({ text: matcher }) => `no sample of ${found[0]?.name} has ${matcher}`);
  });
  const grouped = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
  return [...problems, ...grouped.filter((label) => !known.has(label)).map((label) => `no label ${label}`)];
}

/** The matchers of a selector. One that excludes a value must find it too, or it excludes nothing. */
function matchersOf(text: string): { label: string; text: string; isLike: (value: string) => boolean }[] {
  return [...text.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].map(([matcher, label = '', operator, value = '']) => {
    const pattern = new RegExp(`^(?:${value})$`);
    return { label, text: matcher, isLike: (given) => (operator === '=~' ? pattern.test(given) : given === value) };
  });
}

import { computed, signal } from '@preact/signals';
import { hrefOf, parseRoute, type Query, rangeOf, sharedQuery, withValues } from './routes.ts';

/** Where the visitor is. */
export const route = signal(parseRoute(location.hash));
export const range = computed(() => rangeOf(route.value.query));
/** The provider to which the visitor limits all pages; empty if to none. */
export const provider = computed(() => route.value.query['provider'] ?? '');

let steps = 0;

addEventListener('hashchange', () => {
  steps++;
  route.value = parseRoute(location.hash);
});

/** To where the visitor came from, or to the calls. */
export function goBack(): void {
  if (steps > 0) history.back();
  else location.hash = hrefOf('calls', sharedQuery(route.value.query));
}

/** Changes the query in place, without a step in the history. */
export function setQuery(values: Query): void {
  const { page, key, query } = route.value;
  history.replaceState(null, '', hrefOf(page, withValues(query, values), key));
  route.value = parseRoute(location.hash);
}

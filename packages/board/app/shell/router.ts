import { computed, signal } from '@preact/signals';
import { hrefOf, parseRoute, type Query, rangeOf, withValues } from './routes.ts';

/** Where the visitor is. */
export const route = signal(parseRoute(location.hash));
export const range = computed(() => rangeOf(route.value.query));
/** The provider to which the visitor limits all pages; empty if to none. */
export const provider = computed(() => route.value.query['provider'] ?? '');

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

/** Changes the query in place, without a step in the history. */
export function setQuery(values: Query): void {
  const { page, key, query } = route.value;
  history.replaceState(null, '', hrefOf(page, withValues(query, values), key));
  route.value = parseRoute(location.hash);
}

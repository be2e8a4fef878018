import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useKeys } from '../shared/use-keys.ts';
import { route, setQuery } from '../shell/router.ts';
import { chipsOf, filtersOf, isOn, LEAST_SEARCH, NO_FILTERS, toggle } from './filters.ts';

/** Search and filters. They are in the address, so that a view can be shared. */
export function FilterBar() {
  const { query } = route.value;
  return (
    <search class="filters">
      <SearchBox />
      <fieldset aria-label="Filters" class="chips">
        {chipsOf(query).map((chip) => (
          <button
            key={chip.label}
            type="button"
            aria-pressed={isOn(chip, query)}
            onClick={() => setQuery(toggle(chip, query))}
          >
            {chip.label}
          </button>
        ))}
        {Object.keys(filtersOf(query)).length > 0 && (
          <button type="button" class="quiet" onClick={() => setQuery(NO_FILTERS)}>
            Clear
          </button>
        )}
      </fieldset>
    </search>
  );
}

/** A pause in typing of so many milliseconds starts the search. */
const PAUSE_MS = 200;

function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const search = route.value.query['search'] ?? '';
  const typed = useSignal(search);
  /** What was typed when the search began. */
  const begun = useRef(search);
  useKeys({ '/': () => input.current?.select() });
  useEffect(() => {
    // Meanwhile, more may have been typed.
    if (search !== begun.current) typed.value = search;
    begun.current = search;
  }, [search]);
  useEffect(() => {
    if (typed.value === search) return undefined;
    const timer = setTimeout(() => {
      begun.current = typed.value;
      setQuery({ search: typed.value });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const { length } = typed.value;
  return (
    <label class="search">
      <input
        ref={input}
        type="search"
        aria-label="Call id or number"
        placeholder="Call id or number  /"
        autocomplete="off"
        value={typed}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      {length > 0 && length < LEAST_SEARCH && <small>{LEAST_SEARCH} or more</small>}
    </label>
  );
}

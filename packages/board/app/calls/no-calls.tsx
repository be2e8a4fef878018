import { health, meta } from '../api/state.ts';
import { Empty } from '../shared/notices.tsx';
import { provider, range, setQuery } from '../shell/router.ts';
import { type Query, RANGES } from '../shell/routes.ts';
import { NO_FILTERS } from './filters.ts';
import { firstCommand } from './first-command.ts';

const WIDEST = RANGES[4];

/** What to do when there is no call to show. */
export function NoCalls({ filters }: { readonly filters: Query }) {
  const known = health.value && (health.value.health.live || health.value.ended);
  const isWidest = range.value === WIDEST;
  if (Object.keys(filters).length > 0 || (known !== 0 && (provider.value || !isWidest))) {
    return (
      <Empty title="No call matches">
        <p>
          {!isWidest && `These are the calls of the last ${range.value.label}. `}
          <button type="button" onClick={() => setQuery({ ...NO_FILTERS, provider: '', range: WIDEST.name })}>
            Show all calls
          </button>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No calls yet" command={firstCommand(firstProvider(), meta.value?.callbackUrl)}>
      <p>A call appears here as soon as its first callback arrives. This command sends one:</p>
    </Empty>
  );
}

function firstProvider(): string {
  const names = meta.value?.providers ?? [];
  return provider.value || (names.find((name) => name === 'signalwire') ?? names[0] ?? 'signalwire');
}

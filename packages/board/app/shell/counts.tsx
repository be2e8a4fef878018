import { health } from '../api/state.ts';
import { formatCount, formatSpan } from '../shared/format.ts';
import { route } from './router.ts';
import { hrefOf, type PageName, type Query, sharedQuery } from './routes.ts';

/** The figures of the inbox, each with a link to what it counts. */
export function Counts() {
  const page = health.value;
  if (!page) return <p class="counts">…</p>;
  const { ended, health: inbox } = page;
  const { lastDay } = inbox.refused;
  return (
    <p class="counts">
      <Count value={formatCount(inbox.live)} label="live" page="calls" query={{ state: 'live' }} />
      <Count
        value={ended === undefined ? '…' : formatCount(ended)}
        label="ended"
        page="calls"
        query={{ state: 'ended' }}
      />
      <Count value={formatCount(inbox.dead)} label="dead" page="dead" isBad={inbox.dead > 0} />
      <Count
        value={formatCount(lastDay)}
        label="refused (24 h)"
        page="refused"
        query={{ range: '24h' }}
        isBad={lastDay > 0}
      />
      <Count value={formatSpan(inbox.lagMs)} label="lag" page="health" isBad={inbox.lagMs > 10_000} isAfter />
    </p>
  );
}

interface Props {
  readonly value: string;
  readonly label: string;
  readonly page: PageName;
  readonly query?: Query;
  readonly isBad?: boolean;
  /** Whether the value stands after its label. */
  readonly isAfter?: boolean;
}

function Count({ value, label, page, query, isBad = false, isAfter = false }: Props) {
  const figure = <b class={isBad ? 'bad' : ''}>{value}</b>;
  return (
    <a href={hrefOf(page, { ...sharedQuery(route.value.query), ...query })}>
      {isAfter && `${label} `}
      {figure}
      {!isAfter && ` ${label}`}
    </a>
  );
}

import type { ProviderHealth } from '@call-status/core/inbox';
import type { Query, Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { monotonicNow } from '../timers.ts';

const SILENCE_MS = 600_000;

/** Of each provider, so many of the calls that began first are examined: calls whose end is never reported are among them. */
export const MOST_SILENT = 1000;

/** Counting more live calls takes too long for each answer. */
const MANY = 10_000;

/** For so long the figures of many live calls are given again. */
const KEPT_MS = 10_000;

/** Those of one provider. */
interface LiveOfProvider extends ProviderHealth {
  readonly live: number;
}

/** Counts the live calls of each provider. */
export class LiveCalls {
  readonly #store: Store;
  readonly #mono: () => number;
  #kept: { readonly providers: readonly LiveOfProvider[]; readonly until: number } | undefined;

  /** @param mono a monotonic clock */
  constructor(store: Store, mono: () => number = monotonicNow) {
    this.#store = store;
    this.#mono = mono;
  }

  async read(run: Query): Promise<readonly LiveOfProvider[]> {
    const kept = this.#kept;
    if (kept !== undefined && this.#mono() < kept.until) return kept.providers;
    const providers = (await run(liveSql(this.#store.schema), [this.#store.now()])).map(providerOf);
    const isMany = providers.reduce((sum, { live }) => sum + live, 0) > MANY;
    this.#kept = isMany ? { providers, until: this.#mono() + KEPT_MS } : undefined;
    return providers;
  }
}

/** One look at the index finds the next provider. */
function liveSql(s: string): string {
  return `
    WITH RECURSIVE n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    p AS (
      (SELECT provider FROM ${s}.calls WHERE NOT terminal ORDER BY provider LIMIT 1)
      UNION ALL
      SELECT (SELECT c.provider FROM ${s}.calls c WHERE NOT c.terminal AND c.provider > p.provider ORDER BY c.provider LIMIT 1)
      FROM p WHERE p.provider IS NOT NULL)
    SELECT p.provider,
      (SELECT count(*) FROM ${s}.calls c WHERE NOT c.terminal AND c.provider = p.provider) AS live,
      (SELECT count(*) FROM (
        SELECT c.last_event_at FROM ${s}.calls c
        WHERE NOT c.terminal AND c.provider = p.provider AND c.first_event_at <= (SELECT now FROM n) - ${SILENCE_MS}
        ORDER BY c.first_event_at, c.id LIMIT ${MOST_SILENT}) oldest
      WHERE oldest.last_event_at <= (SELECT now FROM n) - ${SILENCE_MS}) AS silent
    FROM p WHERE p.provider IS NOT NULL ORDER BY p.provider COLLATE "C"`;
}

function providerOf({ provider, live, silent }: Row): LiveOfProvider {
  return { provider, live, silent };
}

import type { Inbox } from '../inbox/inbox.ts';
import type { CallSummary } from '../inbox/queries.ts';
import type { NewWatch, Watches } from '../inbox/watches.ts';
import type { Clock } from '../timer.ts';
import type { LiveStatus, ReconcileRules } from './rules.ts';

/** What the walk needs. */
export interface WalkOptions {
  readonly inbox: Pick<Inbox, 'listCalls'>;
  readonly watches: Pick<Watches, 'add'>;
  readonly rules: Pick<ReconcileRules, 'afterMs'>;
  readonly clock: Clock;
}

const PAGE = 500;
/** The most pages of one walk; the next one goes on from there. */
const MOST_PAGES = 40;

/** Finds live calls that have been silent for too long, page by page. */
export class Walk {
  readonly #options: WalkOptions;
  #cursor: string | undefined;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** @param goesOn whether to read a further page */
  async run(goesOn: () => boolean): Promise<void> {
    const { inbox, watches, rules, clock } = this.#options;
    const silentForMs = Math.min(...Object.values(rules.afterMs));
    for (let pages = 0; pages < MOST_PAGES && goesOn(); pages += 1) {
      const cursor = this.#cursor;
      const page = await inbox.listCalls({
        state: 'live',
        silentForMs,
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      const now = clock();
      const silent = page.rows.filter(
        ({ status, lastEventAt }) => now - Date.parse(lastEventAt) >= rules.afterMs[status as LiveStatus],
      );
      if (silent.length > 0) await watches.add(silent.map(watchOf));
      this.#cursor = page.next;
      if (page.next === undefined) return;
    }
  }
}

function watchOf({ provider, tenant, callId }: CallSummary): NewWatch {
  return { provider, ...(tenant !== undefined && { tenant }), callId, dueInMs: 0 };
}

/** The rejected callbacks that the toy inbox keeps. */
import {
  checkOptions,
  type NewRefusal,
  type Page,
  type Refusal,
  type RefusalLimits,
  type RefusalQuery,
  type Refusals,
  type RefusedHealth,
  timeRange,
} from '@call-status/core/inbox';
import { pageOf, RULES } from './toy-calls.ts';

const DAY_MS = 86_400_000;

export class ToyRefusals implements Refusals {
  #rows: Refusal[] = [];
  #count = 0;
  #uncounted = 0;

  health(now: number): RefusedHealth {
    const recent = this.#rows.filter(({ lastAt }) => Date.parse(lastAt) >= now - DAY_MS);
    const lastDay = recent.reduce((sum, { count }) => sum + count, 0);
    return { kept: this.#rows.length, lastDay, uncounted: this.#uncounted };
  }

  async list(query: RefusalQuery = {}): Promise<Page<Refusal>> {
    checkOptions('query', query, RULES.refusals);
    const { provider, code } = query;
    const { sinceMs, untilMs } = timeRange(query);
    const found = this.#rows.filter((row) => {
      const at = Date.parse(row.lastAt);
      return (
        row.provider === (provider ?? row.provider) && row.code === (code ?? row.code) && at >= sinceMs && at < untilMs
      );
    });
    return pageOf(found.reverse(), query, (row) => row);
  }

  async get(id: string): Promise<Refusal | undefined> {
    return this.#rows.find((row) => row.id === id);
  }

  async keep(refusals: readonly NewRefusal[], { rows, bytes, uncounted }: RefusalLimits): Promise<void> {
    this.#uncounted += uncounted;
    for (const refusal of refusals) this.#rows.push({ ...refusal, id: String(++this.#count) });
    let size = 0;
    const first = this.#rows.findLastIndex((row, at) => {
      size += JSON.stringify(row).length;
      return size > bytes || this.#rows.length - at > rows;
    });
    this.#rows = this.#rows.slice(first + 1);
  }

  /** Forgets those whose request has the id of this call. */
  forget(callId: string): void {
    this.#rows = this.#rows.filter(({ request }) => {
      const body = Buffer.from(request?.body ?? '', 'base64').toString();
      return !`${request?.url} ${body}`.includes(callId);
    });
  }
}

import { checkOptions } from '../../rules/check-options.ts';
import type { RefusedHealth } from '../health.ts';
import type { Page } from '../inbox.ts';
import { timeRange } from '../query-rules.ts';
import type { NewRefusal, Refusal, RefusalLimits, RefusalQuery, Refusals, RefusedRequest } from '../refusals.ts';
import { isStorable } from '../rows/stored.ts';
import { sizeOfRefusal } from './bytes.ts';
import { type Entry, SerialLog } from './calls/serial-log.ts';
import { isWithin, pageOf, QUERIES } from './reading/pages.ts';

const DAY_MS = 86_400_000;

interface KeptRefusal {
  readonly refusal: Refusal;
  readonly bytes: number;
}

/** The rejected callbacks that a memory inbox keeps. They take only room that calls do not need. */
export class MemoryRefusals implements Refusals {
  readonly #log = new SerialLog<KeptRefusal>();
  readonly #byId = new Map<string, Entry<KeptRefusal>>();
  readonly #hasRoom: () => boolean;
  #serial = 0;
  #uncounted = 0;
  /** How much memory they take. */
  bytes = 0;

  /** @param hasRoom whether the inbox is within its bounds, including `bytes` */
  constructor(hasRoom: () => boolean) {
    this.#hasRoom = hasRoom;
  }

  async keep(refusals: readonly NewRefusal[], limits: RefusalLimits): Promise<void> {
    this.#uncounted += limits.uncounted;
    for (const refusal of refusals) {
      this.#add(refusal);
      while (this.#log.size > 0 && this.#exceeds(limits)) this.removeOldest();
    }
  }

  async list(query: RefusalQuery = {}): Promise<Page<Refusal>> {
    checkOptions('query', query, QUERIES.refusals);
    const { provider, code } = query;
    const range = timeRange(query);
    const matches = ({ refusal }: KeptRefusal): boolean =>
      (provider === undefined || refusal.provider === provider) &&
      (code === undefined || refusal.code === code) &&
      isWithin(refusal.lastAt, range);
    return pageOf(this.#log, query, matches, ({ refusal }) => refusal);
  }

  async get(id: string): Promise<Refusal | undefined> {
    return this.#byId.get(id)?.item.refusal;
  }

  /** @param nowMs the time, in milliseconds since 1970 */
  health(nowMs: number): RefusedHealth {
    let lastDay = 0;
    for (const { item } of this.#log.after(0, this.#log.size)) {
      if (Date.parse(item.refusal.lastAt) >= nowMs - DAY_MS) lastDay += item.refusal.count;
    }
    return { kept: this.#log.size, lastDay, uncounted: this.#uncounted };
  }

  /** Returns `false` if there is none. */
  removeOldest(): boolean {
    const [oldest] = this.#log.after(0, 1);
    if (oldest !== undefined) this.#remove(oldest);
    return oldest !== undefined;
  }

  /** Removes those whose request contains the id of a call. */
  removeAbout(callId: string): void {
    const texts = isStorable(callId) ? [callId, encodeURIComponent(callId)] : [callId];
    for (const entry of this.#log.after(0, this.#log.size)) {
      const { request } = entry.item.refusal;
      if (request !== undefined && contains(request, texts)) this.#remove(entry);
    }
  }

  #exceeds({ rows, bytes }: RefusalLimits): boolean {
    return this.#log.size > rows || this.bytes > bytes || !this.#hasRoom();
  }

  #add(refusal: NewRefusal): void {
    const serial = ++this.#serial;
    const id = String(serial);
    const bytes = sizeOfRefusal(refusal);
    this.#byId.set(id, this.#log.append({ refusal: structuredClone({ ...refusal, id }), bytes }, serial));
    this.bytes += bytes;
  }

  #remove(entry: Entry<KeptRefusal>): void {
    const { refusal, bytes } = entry.item;
    this.#log.remove(entry);
    this.#byId.delete(refusal.id);
    this.bytes -= bytes;
  }
}

function contains({ url, body = '' }: RefusedRequest, texts: readonly string[]): boolean {
  const decoded = Buffer.from(body, 'base64').toString();
  return texts.some((text) => url.includes(text) || decoded.includes(text));
}

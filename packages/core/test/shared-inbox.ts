// An inbox in memory that several receivers share, each as if it were another process.
import type { Inbox } from '../src/inbox/inbox.ts';
import { type MemoryInboxOptions, memoryInbox } from '../src/inbox/memory-inbox.ts';

export interface SharedInbox {
  /** The view of one process. It closes without the others. */
  view(): Inbox;
  /** The ids that each `handled()` asked for. */
  readonly asked: string[][];
}

export function sharedInbox(options?: MemoryInboxOptions): SharedInbox {
  const store = memoryInbox(options);
  const asked: string[][] = [];
  const finished = new Set<string>();
  const own: Partial<Inbox> = {
    shared: true,
    durable: true,
    async finish(lease) {
      const outcome = await store.finish(lease);
      if (outcome === 'done') finished.add(lease.eventId);
      return outcome;
    },
    async handled(events) {
      asked.push(events.map(({ id }) => id));
      return events.map(({ id }) => id).filter((id) => finished.has(id));
    },
    async close() {},
  };
  const view = (): Inbox =>
    new Proxy(store, {
      get(target, name) {
        const value = own[name as keyof Inbox] ?? target[name as keyof Inbox];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return { view, asked };
}

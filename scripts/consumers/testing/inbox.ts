import { memoryInbox } from '@call-status/core';
import type { Inbox } from '@call-status/core/inbox';

/** An inbox of a third party: it counts what it is asked, and another one does the work. */
export function countingInbox(clock: () => number, count: () => void): Inbox {
  return new Proxy<Inbox>(memoryInbox({ clock }), {
    get(inner, name) {
      const part: unknown = Reflect.get(inner, name);
      if (typeof part !== 'function') return part;
      return (...args: unknown[]) => {
        count();
        return Reflect.apply(part, inner, args);
      };
    },
  });
}

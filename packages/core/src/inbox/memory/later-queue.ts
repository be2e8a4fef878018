import type { CallQueue } from './call-queue.ts';

/** Calls whose first job is due later: a binary heap. An entry whose call no longer waits is skipped when its time comes. */
export class LaterQueue {
  readonly #heap: Entry[] = [];

  /** When the next is due. */
  get nextAt(): number {
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (next.queue.state === 'later' && next.queue.dueAt === next.at) return next.at;
      this.#shift();
    }
    return Number.POSITIVE_INFINITY;
  }

  push(queue: CallQueue): void {
    const heap = this.#heap;
    const entry = { at: queue.dueAt, queue };
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (above.at <= entry.at) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes out the next call that is due. */
  shiftDue(now: number): CallQueue | undefined {
    return this.nextAt <= now ? this.#shift().queue : undefined;
  }

  #shift(): Entry {
    const heap = this.#heap;
    const first = heap[0] as Entry;
    const last = heap.pop() as Entry;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) child++;
      const below = heap[child] as Entry;
      if (last.at <= below.at) break;
      heap[at] = below;
      at = child;
    }
    if (heap.length > 0) heap[at] = last;
    return first;
  }
}

interface Entry {
  readonly at: number;
  readonly queue: CallQueue;
}

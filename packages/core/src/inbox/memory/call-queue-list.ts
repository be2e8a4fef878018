import type { CallQueue } from './call-queue.ts';

/**
 * Calls in the order in which they were appended. Linked through the calls themselves, so that any of them can leave at no cost; a call is
 * in one list at a time.
 */
export class CallQueueList {
  oldest: CallQueue | undefined;
  newest: CallQueue | undefined;
  size = 0;

  append(lane: CallQueue): void {
    lane.list = this;
    lane.older = this.newest;
    if (this.newest === undefined) this.oldest = lane;
    else this.newest.newer = lane;
    this.newest = lane;
    this.size++;
  }

  remove(lane: CallQueue): void {
    const { older, newer } = lane;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    lane.list = undefined;
    lane.older = undefined;
    lane.newer = undefined;
    this.size--;
  }
}

import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from '../timer.ts';

/** A function to run in the next turn, in the async context of its caller. */
class Task extends AsyncResource {
  readonly run: () => void;

  constructor(run: () => void) {
    super('call-status');
    this.run = run;
  }
}

let waiting: Task[] = [];

/**
 * Works like `setImmediate`, but runs all functions of one turn in a row. Between two immediates, node does other work; in a row, the
 * code and the data of one request are still in the processor's caches for the next one: 1.09 on Node 20, 1.36 on Node 24
 * (`pnpm run bench`).
 */
export function inNextTurn(run: () => void): void {
  if (waiting.push(new Task(run)) === 1) setImmediate(runAll);
}

function runAll(): void {
  const tasks = waiting;
  waiting = [];
  let at = 0;
  try {
    for (; at < tasks.length; at++) {
      const task = tasks[at] as Task;
      task.runInAsyncScope(task.run);
    }
  } finally {
    // A function that throws must not stop the others.
    if (at < tasks.length) {
      waiting = [...tasks.slice(at + 1), ...waiting];
      setImmediate(runAll);
    }
  }
}

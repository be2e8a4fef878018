import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from '../timer.ts';

/** Something to do in the next turn, in the async context of whoever asked for it. */
class Task extends AsyncResource {
  readonly run: () => void;

  constructor(run: () => void) {
    super('call-status');
    this.run = run;
  }
}

let waiting: Task[] = [];

/**
 * Does what `setImmediate` does, and everything of one turn in a row. Between two immediates node does whatever else is to be done;
 * in a row, the code and the data of one request are still in the processor's caches when the next one comes.
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
    // One that throws does not keep the others from running.
    if (at < tasks.length) {
      waiting = [...tasks.slice(at + 1), ...waiting];
      setImmediate(runAll);
    }
  }
}

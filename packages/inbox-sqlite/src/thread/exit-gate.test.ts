import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ExitGate } from './exit-gate.ts';

/** Sets a cell of a gate in another thread, while this one waits for it. */
function setSoon(memory: SharedArrayBuffer, cell: number, value: number): Promise<unknown> {
  const code = `
    const { workerData: { memory, cell, value } } = require('node:worker_threads');
    const cells = new Int32Array(memory);
    setTimeout(() => {
      Atomics.store(cells, cell, value);
      Atomics.notify(cells, cell);
    }, 30);`;
  const worker = new Worker(code, { eval: true, workerData: { memory, cell, value } });
  return new Promise((resolve) => worker.once('exit', resolve));
}

describe('a gate', () => {
  it('that is shut waits for the step of the thread', async () => {
    const memory = ExitGate.memory();
    const gate = new ExitGate(memory);
    gate.enter();
    const exited = setSoon(memory, 0, 0);
    gate.shut();
    expect([...new Int32Array(memory)]).toEqual([0, 1, 0]);
    await exited;
  });

  it('that is shut does not wait for an idle thread', () => {
    const memory = ExitGate.memory();
    const gate = new ExitGate(memory);
    gate.enter();
    gate.leave();
    gate.shut();
    expect([...new Int32Array(memory)]).toEqual([0, 1, 0]);
  });

  it('that is shut lets the thread start no step', async () => {
    const memory = ExitGate.memory();
    const gate = new ExitGate(memory);
    gate.shut();
    const exited = setSoon(memory, 1, 0);
    gate.enter();
    expect([...new Int32Array(memory)]).toEqual([0, 0, 0]);
    await exited;
  });

  it('signals that the thread has tried to open the file, and does not wait forever', async () => {
    const memory = ExitGate.memory();
    const gate = new ExitGate(memory);
    gate.waitUntilOpen(1);
    const exited = setSoon(memory, 2, 1);
    gate.waitUntilOpen(60_000);
    expect([...new Int32Array(memory)]).toEqual([0, 0, 1]);
    gate.waitUntilOpen(60_000);
    new ExitGate(memory).opened();
    await exited;
  });
});

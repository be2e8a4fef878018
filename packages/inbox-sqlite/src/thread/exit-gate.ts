const WORKING = 0;
const SHUT = 1;
const OPENED = 2;
const CELLS = 3;

/** How long an exiting process waits for the transaction of its thread. */
const LONGEST_WAIT_MS = 5000;

/**
 * Keeps the process from exiting in the middle of a transaction of its thread. Nothing would be lost, but `@photostructure/sqlite` aborts the
 * process, with a core dump, if a thread ends inside it. The gate also signals that the thread has tried to open the file.
 */
export class ExitGate {
  readonly #cells: Int32Array;

  /** @param shared the memory that both threads share */
  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared);
  }

  /** The memory of a new gate. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The thread starts a step. Once the gate is shut, it waits here until it is terminated. */
  enter(): void {
    Atomics.store(this.#cells, WORKING, 1);
    if (Atomics.load(this.#cells, SHUT) === 0) return;
    this.leave();
    Atomics.wait(this.#cells, SHUT, 1);
  }

  /** The thread has finished its step. */
  leave(): void {
    Atomics.store(this.#cells, WORKING, 0);
    Atomics.notify(this.#cells, WORKING);
  }

  /** The thread has tried to open the file. */
  opened(): void {
    Atomics.store(this.#cells, OPENED, 1);
    Atomics.notify(this.#cells, OPENED);
  }

  /** Blocks until the thread has tried to open the file. */
  waitUntilOpen(timeoutMs: number): void {
    Atomics.wait(this.#cells, OPENED, 0, timeoutMs);
  }

  /** Waits until the thread has finished its step, and lets it start no other. */
  shut(): void {
    Atomics.store(this.#cells, SHUT, 1);
    Atomics.wait(this.#cells, WORKING, 1, LONGEST_WAIT_MS);
  }
}

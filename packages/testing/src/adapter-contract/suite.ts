import type { ContractTest } from '../contract-test.ts';
import type { Adapter, Mount } from './adapter.ts';
import { openSubject, type Subject, type SubjectOptions } from './subject.ts';

/** Starts an application for one test; it stops when the test is over. */
export type Open = (options?: SubjectOptions) => Promise<Subject>;

/** Collects the tests of an adapter that is mounted in one way. */
export class AdapterSuite {
  readonly adapter: Adapter;
  readonly mount: Mount;
  readonly tests: ContractTest[] = [];
  #subject = '';

  constructor(adapter: Adapter, mount: Mount) {
    this.adapter = adapter;
    this.mount = mount;
  }

  /** Tests of one subject. */
  readonly describe = (subject: string, define: () => void): void => {
    this.#subject = subject;
    define();
    this.#subject = '';
  };

  /** A test. */
  readonly it = (name: string, test: (open: Open) => Promise<void>): void => {
    const subject = `mounted by ${this.mount.name}`;
    const full = [subject, this.#subject, name].filter((part) => part !== '').join(': ');
    this.tests.push({ subject, name: full, run: () => this.#run(test) });
  };

  /** A test for each row. */
  readonly each = <const Row>(
    rows: readonly Row[],
    name: (row: Row) => string,
    test: (open: Open, row: Row) => Promise<void>,
  ): void => {
    for (const row of rows) this.it(name(row), (open) => test(open, row));
  };

  async #run(test: (open: Open) => Promise<void>): Promise<void> {
    const opened: Subject[] = [];
    try {
      await test(async (options) => {
        const subject = await openSubject(this.adapter, this.mount, options);
        opened.push(subject);
        return subject;
      });
    } finally {
      for (const subject of opened) await subject.stop();
    }
  }
}

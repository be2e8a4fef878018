import { AsyncResource } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { WorkerLoad } from '../inbox/health.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Timers } from '../timer.ts';

/** What the reports need from the receiver. */
export interface WorkerReportsOptions {
  readonly inbox: Pick<Inbox, 'reportWorker' | 'removeWorker'>;
  readonly owner: string;
  readonly timers: Timers;
  /** The kinds of the handlers. */
  readonly kinds: () => readonly string[];
  readonly load: () => WorkerLoad;
}

const EVERY_MS = 15_000;

/** Tells the inbox, and so everyone who uses it, that a worker runs here. Failures are silent: they change nothing but what is shown. */
export class WorkerReports {
  readonly #options: WorkerReportsOptions;
  /** Runs in the async context in which the receiver was created. */
  readonly #report = AsyncResource.bind(() => void this.#send());
  #cancel: (() => void) | undefined;
  #isSending = false;

  constructor(options: WorkerReportsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.timers.every(EVERY_MS, this.#report);
    this.#report();
  }

  /** Removes the worker from the inbox. Never rejects. */
  async stop(): Promise<void> {
    if (this.#cancel === undefined) return;
    this.#cancel();
    const { inbox, owner } = this.#options;
    try {
      await inbox.removeWorker(owner);
    } catch {}
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    const { inbox, owner, kinds, load } = this.#options;
    try {
      await inbox.reportWorker({
        owner,
        version: versionIn('../../package.json', import.meta.url),
        handlers: kinds(),
        ...load(),
      });
    } catch {}
    this.#isSending = false;
  }
}

/**
 * The version in a package.json of this package, else `unknown`: in a bundle, the file is another one or does not exist.
 *
 * @param module the file that the path is relative to
 */
export function versionIn(file: string, module: string): string {
  try {
    const { name, version } = createRequire(module)(file);
    return name === '@call-status/core' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}

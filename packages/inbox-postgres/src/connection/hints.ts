import { randomUUID } from 'node:crypto';
import process from 'node:process';
import type { CallStatusError } from '@call-status/core';
import { clearTimeout, setTimeout } from '../timers.ts';
import { Listening, notification } from './listening.ts';
import type { Driver } from './session.ts';

/** How often to notify other processes at most, in milliseconds: the commits that notify wait for each other in the server. */
const NOTIFY_MS = 10;

/** Other processes hear of the same event at the same time, so they wait up to this time before they take. */
const JITTER_MS = 20;

/** How often to look for jobs, in milliseconds. */
const POLL_MS = 250;
const POLL_WHILE_LISTENING_MS = 1000;

/** What hints need. */
export interface HintsOptions {
  readonly driver: Driver;
  /** The schema, not quoted. */
  readonly schema: string;
  /** Whether to listen to other processes. */
  readonly listen: boolean;
  /** Whether a connection of its own listens, that of `listenUrl`. @default false */
  readonly isDirect?: boolean;
  /** @default 1000 while listening works, else 250 */
  readonly pollMs?: number | undefined;
}

/** Tells listeners that jobs may be due: after commits of this process and of others, and from time to time. */
export class Hints {
  /** Receives a warning that an operator should see. */
  onWarning: (warning: CallStatusError) => void = (warning) => process.emitWarning(warning);
  readonly #options: HintsOptions;
  readonly #channel: string;
  /** Tells its own notifications from those of other processes. */
  readonly #id: string = randomUUID();
  readonly #listeners = new Set<() => void>();
  #listening: Listening | undefined;
  #pollTimer: NodeJS.Timeout | undefined;
  #jitterTimer: NodeJS.Timeout | undefined;
  #notifyTimer: NodeJS.Timeout | undefined;
  #mustNotify = false;

  constructor(options: HintsOptions) {
    this.#options = options;
    this.#channel = `call_status:${options.schema}`;
  }

  /** Listens to other processes only while there are listeners. Returns a function that removes the listener. */
  onJobs(listener: () => void): () => void {
    const own = (): void => listener(); // the same function may be added twice
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) void this.#stop();
    };
  }

  /** After a commit that made jobs due. */
  workIsDue(): void {
    this.tell();
    this.#mustNotify = true;
    if (this.#notifyTimer === undefined) this.#notify();
  }

  /** Resolves when its connection has ended. */
  async close(): Promise<void> {
    this.#listeners.clear();
    clearTimeout(this.#notifyTimer);
    await this.#stop();
  }

  #start(): void {
    if (this.#options.listen) {
      this.#listening = new Listening({
        driver: this.#options.driver,
        channel: this.#channel,
        payload: this.#id,
        isDirect: this.#options.isDirect ?? false,
        onNotify: () => this.#tellSoon(),
        onWarning: (warning) => this.warn(warning),
      });
    }
    this.#poll();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#pollTimer);
    clearTimeout(this.#jitterTimer);
    this.#jitterTimer = undefined;
    const listening = this.#listening;
    this.#listening = undefined;
    await listening?.close();
  }

  /** Gives a warning to `onWarning`. An error thrown by the user's function must not stop the inbox. */
  warn(warning: CallStatusError): void {
    try {
      this.onWarning(warning);
    } catch {}
  }

  /** Calls the listeners. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #tellSoon(): void {
    this.#jitterTimer ??= setTimeout(() => {
      this.#jitterTimer = undefined;
      this.tell();
    }, Math.random() * JITTER_MS).unref();
  }

  /** Always: a notification may be lost with its connection. */
  #poll(): void {
    const ms = this.#options.pollMs ?? (this.#listening?.isAlive ? POLL_WHILE_LISTENING_MS : POLL_MS);
    this.#pollTimer = setTimeout(() => {
      this.tell();
      this.#poll();
    }, ms).unref();
  }

  #notify(): void {
    this.#notifyTimer = undefined;
    if (!this.#mustNotify) return;
    this.#mustNotify = false;
    // Outside of the transaction, which would hold a lock of the whole server. If it fails, others poll.
    this.#options.driver.query(...notification(this.#channel, this.#id)).catch(() => {});
    this.#notifyTimer = setTimeout(() => this.#notify(), NOTIFY_MS).unref();
  }
}

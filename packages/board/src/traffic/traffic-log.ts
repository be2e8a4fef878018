import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ReceivedMessage, ReconciledMessage } from '@call-status/core';
import type { Traffic } from '../api/types.ts';
import { percentile, Samples } from './samples.ts';

const RECEIVED = 'call-status:received';
const RECONCILED = 'call-status:reconciled';
const MINUTE_MS = 60_000;
const MINUTES = 60;
const RECENT_MINUTES = 5;

/** Of requests that are no callback of a known provider. */
const UNKNOWN = 'unknown';

interface Minute {
  number: number;
  total: number;
  refused: number;
  duplicates: number;
  late: number;
  reconciled: number;
}

/** What one provider sent. */
class ProviderLog {
  readonly #minutes: Minute[] = Array.from({ length: MINUTES }, () => emptyMinute(0));
  readonly #answers = new Samples();
  readonly #delays = new Samples();

  /** Called for each callback, so it must cost little. */
  add({ outcome, httpStatus = 0, startedAtMs, durationMs, occurredAt }: ReceivedMessage): void {
    const minute = this.#minuteAt(startedAtMs);
    minute.total++;
    if (httpStatus >= 400) minute.refused++;
    if (outcome === 'duplicate') minute.duplicates++;
    if (outcome === 'late') minute.late++;
    this.#answers.add(durationMs, startedAtMs);
    // The provider's clock may be ahead of ours.
    if (occurredAt !== undefined) this.#delays.add(Math.max(0, startedAtMs - Date.parse(occurredAt)), startedAtMs);
  }

  addReconciled(nowMs: number): void {
    this.#minuteAt(nowMs).reconciled++;
  }

  read(provider: string, nowMs: number): Traffic {
    const now = Math.floor(nowMs / MINUTE_MS);
    const minutes = Array.from({ length: MINUTES }, (_, at) => this.#recorded(now - MINUTES + 1 + at));
    const recent = minutes.slice(-RECENT_MINUTES);
    const answers = this.#answers.since(nowMs - MINUTES * MINUTE_MS);
    const delays = this.#delays.since(nowMs - MINUTES * MINUTE_MS);
    return {
      provider,
      perMinute: minutes.map(({ total }) => total),
      total: sum(minutes, 'total'),
      refused: sum(minutes, 'refused'),
      recent: { total: sum(recent, 'total'), refused: sum(recent, 'refused') },
      duplicates: sum(minutes, 'duplicates'),
      late: sum(minutes, 'late'),
      reconciled: sum(minutes, 'reconciled'),
      ...(answers.length > 0 && { answerMs: { p50: percentile(answers, 50), p99: percentile(answers, 99) } }),
      ...(delays.length > 0 && { delayMs: { p99: percentile(delays, 99) } }),
    };
  }

  #minuteAt(ms: number): Minute {
    const number = Math.floor(ms / MINUTE_MS);
    const minute = this.#minutes[number % MINUTES] as Minute;
    if (minute.number !== number) Object.assign(minute, emptyMinute(number));
    return minute;
  }

  #recorded(number: number): Minute {
    const minute = this.#minutes[number % MINUTES] as Minute;
    return minute.number === number ? minute : emptyMinute(number);
  }
}

function emptyMinute(number: number): Minute {
  return { number, total: 0, refused: 0, duplicates: 0, late: 0, reconciled: 0 };
}

function sum(minutes: readonly Minute[], name: Exclude<keyof Minute, 'number'>): number {
  return minutes.reduce((total, minute) => total + minute[name], 0);
}

/** What this process receives, by provider, in the last hour. Listens until it is closed. */
export class TrafficLog {
  readonly #providers = new Map<string, ProviderLog>();
  readonly #onReceived = (message: unknown): void => this.#received(message as ReceivedMessage);
  readonly #onReconciled = (message: unknown): void => this.#reconciled(message as ReconciledMessage);

  constructor() {
    subscribe(RECEIVED, this.#onReceived);
    subscribe(RECONCILED, this.#onReconciled);
  }

  /** @returns for each provider that sent anything, by name */
  read(nowMs: number): readonly Traffic[] {
    return [...this.#providers]
      .map(([provider, log]) => log.read(provider, nowMs))
      .sort((one, other) => one.provider.localeCompare(other.provider));
  }

  close(): void {
    unsubscribe(RECEIVED, this.#onReceived);
    unsubscribe(RECONCILED, this.#onReconciled);
  }

  #received(message: ReceivedMessage): void {
    const { provider = UNKNOWN, outcome } = message;
    if (outcome !== 'passed_on') this.#logOf(provider).add(message);
  }

  #reconciled({ provider, result }: ReconciledMessage): void {
    if (result === 'ended' || result === 'advanced') this.#logOf(provider).addReconciled(Date.now());
  }

  #logOf(provider: string): ProviderLog {
    let log = this.#providers.get(provider);
    if (log === undefined) {
      log = new ProviderLog();
      this.#providers.set(provider, log);
    }
    return log;
  }
}

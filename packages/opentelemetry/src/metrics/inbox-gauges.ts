import type { InboxMessage } from '@call-status/core';
import type { BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';

const STATES = ['due', 'retrying', 'blocked', 'running', 'dead'] as const;

/** A receiver reports every 15 seconds: one that has not for so long is closed, or its inbox does not answer. */
const FRESH_MS = 60_000;

/**
 * The state of the inbox, as gauges. Several receivers of a process usually share one inbox, so their figures are not added: the highest one
 * is shown. Without a receiver that reports, they are 0, and so is the number of receivers: the SDK goes on exporting the last value of what
 * is no longer observed.
 */
export class InboxGauges {
  /** By the name of the worker. */
  readonly #latest = new Map<string, { readonly message: InboxMessage; readonly at: number }>();
  /** Providers that have had a live call: they show 0 from then on, and do not vanish. */
  readonly #providers = new Set<string>();
  readonly stop: () => void;

  constructor(meter: Meter) {
    const gauge = (name: string, unit: string, description: string): Observable =>
      meter.createObservableGauge(name, { unit, description });
    const receivers = gauge('call_status.inbox.receivers', '', 'Receivers that reported in the last minute.');
    const events = gauge('call_status.inbox.events', '', 'Events in the inbox, by what they wait for.');
    const lag = gauge('call_status.inbox.lag', 's', 'For how long the oldest due event has waited for a worker.');
    const oldest = gauge('call_status.handler.oldest', 's', 'For how long the oldest running event has been handled.');
    const live = gauge('call_status.calls.live', '', 'Calls that have not ended.');
    const unterminated = gauge('call_status.calls.unterminated', '', 'Live calls without an event for ten minutes.');
    const observe: BatchObservableCallback = (result) => {
      this.#forgetSilent();
      const messages = [...this.#latest.values()].map(({ message }) => message);
      const highest = (value: (message: InboxMessage) => number): number => Math.max(0, ...messages.map(value));
      result.observe(receivers, messages.length);
      for (const state of STATES)
        result.observe(
          events,
          highest((message) => message[state]),
          { state },
        );
      result.observe(lag, highest(({ lagMs }) => lagMs) / 1000);
      result.observe(oldest, highest(({ worker }) => worker.oldestRunningMs) / 1000);
      for (const provider of this.#providers) {
        result.observe(
          live,
          highest((message) => providerIn(message, provider)?.live ?? 0),
          { provider },
        );
        result.observe(
          unterminated,
          highest((message) => providerIn(message, provider)?.silent ?? 0),
          { provider },
        );
      }
    };
    const observed = [receivers, events, lag, oldest, live, unterminated];
    meter.addBatchObservableCallback(observe, observed);
    this.stop = () => meter.removeBatchObservableCallback(observe, observed);
  }

  add(message: InboxMessage): void {
    this.#latest.set(message.owner, { message, at: performance.now() });
    for (const { provider } of message.providers) this.#providers.add(provider);
  }

  #forgetSilent(): void {
    const oldest = performance.now() - FRESH_MS;
    for (const [owner, { at }] of this.#latest) if (at < oldest) this.#latest.delete(owner);
  }
}

function providerIn({ providers }: InboxMessage, name: string): InboxMessage['providers'][number] | undefined {
  return providers.find(({ provider }) => provider === name);
}

import type {
  HandledMessage,
  HandleMessage,
  InboxMessage,
  ReceivedMessage,
  ReconciledMessage,
} from '@call-status/core';
import { type Attributes, type MeterProvider, metrics } from '@opentelemetry/api';
import { providerOf } from '../provider.ts';
import { SCOPE } from '../scope.ts';
import { InboxGauges } from './inbox-gauges.ts';
import { createInstruments, type Instruments } from './instruments.ts';

/**
 * Counts and measures what the channels say. Attributes never have the id of a call or an event, a number, a URL or the text of an error:
 * each new value would be a new time series.
 */
export class Metrics {
  readonly #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;
  #gauges: InboxGauges | undefined;

  constructor(provider: MeterProvider | undefined) {
    this.#provider = provider;
  }

  received(message: ReceivedMessage): void {
    const { outcome, httpStatus, trust, durationMs, startedAtMs, occurredAt } = message;
    const { callbacks, callbackDuration, callbackLateness } = this.#of;
    const provider = providerOf(message);
    callbacks.add(1, {
      provider,
      outcome,
      ...(httpStatus !== undefined && { 'http.response.status_code': httpStatus }),
      ...(trust !== undefined && { trust }),
    });
    if (outcome === 'passed_on') return;
    callbackDuration.record(durationMs / 1000, { provider, outcome });
    // A duplicate is as late as its provider was to retry it, which says nothing about the event.
    if (occurredAt !== undefined && outcome !== 'duplicate') {
      callbackLateness.record(Math.max(0, startedAtMs - Date.parse(occurredAt)) / 1000, { provider });
    }
    if (message.endsCall) this.#callEnded(message);
  }

  handled(message: HandledMessage): void {
    const { outcome, handler } = message;
    const { retries, deadLetters } = this.#of;
    const attributes = { provider: providerOf(message), ...(handler !== undefined && { handler }) };
    if (outcome === 'failed' || outcome === 'timeout') retries.add(1, attributes);
    else if (outcome === 'dead') deadLetters.add(1, attributes);
  }

  /** A handler has ended. */
  called({ provider, handler }: HandleMessage, durationMs: number, outcome: string): void {
    this.#of.handlerDuration.record(durationMs / 1000, { provider, handler, outcome });
  }

  reconciled(message: ReconciledMessage): void {
    const { provider, result, endsCall } = message;
    this.#of.reconciled.add(1, { provider, result });
    if (endsCall) this.#callEnded(message);
  }

  inbox(message: InboxMessage): void {
    this.#gauges ??= new InboxGauges(this.#meter);
    this.#gauges.add(message);
  }

  stop(): void {
    this.#gauges?.stop();
  }

  #callEnded(message: ReceivedMessage | ReconciledMessage): void {
    const { status, direction, durationSeconds, mos } = message;
    const { callsEnded, callDuration, callMos } = this.#of;
    const provider = providerOf(message);
    const ofCall: Attributes = { provider, ...(status !== undefined && { status }) };
    callsEnded.add(1, { ...ofCall, ...(direction !== undefined && { direction }) });
    if (durationSeconds !== undefined) callDuration.record(durationSeconds, ofCall);
    if (mos !== undefined) callMos.record(mos, { provider });
  }

  /** Made when first needed: the global provider may be set after this package is. */
  get #of(): Instruments {
    this.#instruments ??= createInstruments(this.#meter);
    return this.#instruments;
  }

  get #meter(): ReturnType<MeterProvider['getMeter']> {
    return (this.#provider ?? metrics).getMeter(SCOPE);
  }
}

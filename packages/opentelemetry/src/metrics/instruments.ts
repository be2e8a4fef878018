import type { Counter, Histogram, Meter } from '@opentelemetry/api';

/** What counts and measures, apart from the state of the inbox. */
export interface Instruments {
  readonly callbacks: Counter;
  readonly callbackDuration: Histogram;
  readonly callbackLateness: Histogram;
  readonly callsEnded: Counter;
  readonly callDuration: Histogram;
  readonly callMos: Histogram;
  readonly handlerDuration: Histogram;
  readonly retries: Counter;
  readonly deadLetters: Counter;
  readonly reconciled: Counter;
}

export function createInstruments(meter: Meter): Instruments {
  const counter = (name: string, description: string): Counter => meter.createCounter(name, { description });
  const histogram = (name: string, unit: string, description: string, buckets: number[]): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: buckets } });
  return {
    callbacks: counter('call_status.callbacks', 'Requests, by what became of them.'),
    callbackDuration: histogram('call_status.callback.duration', 's', 'Time until the answer.', ANSWERS),
    callbackLateness: histogram('call_status.callback.lateness', 's', 'From an event to its callback.', LATENESS),
    callsEnded: counter('call_status.calls.ended', 'Calls that ended, by their last status.'),
    callDuration: histogram('call_status.call.duration', 's', 'Length of the conversation.', CONVERSATIONS),
    callMos: histogram('call_status.call.mos', '1', 'Quality of the call, 1 (bad) to 5 (excellent).', SCORES),
    handlerDuration: histogram('call_status.handler.duration', 's', 'Time that a handler took.', HANDLERS),
    retries: counter('call_status.handler.retries', 'Attempts that failed and are retried.'),
    deadLetters: counter('call_status.dead_letters', 'Events that failed for the last time.'),
    reconciled: counter('call_status.reconciled', 'Calls that a provider was asked about, by what was learned.'),
  };
}

// In seconds.
const ANSWERS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LATENESS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];
const CONVERSATIONS = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
const HANDLERS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Finer where callers begin to notice. */
const SCORES = [1, 1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.25, 4.5, 5];

import type { ReceivedMessage } from '@call-status/core';
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { providerOf } from '../provider.ts';
import { messaging } from './conventions.ts';
import { traceparentOf } from './traceparent.ts';

/** The spans of callbacks: `receive {provider}`, under the span of their HTTP request. */
export class ReceiveSpans {
  readonly #tracer: Tracer;
  /** Callbacks that are being recorded, by the `traceparent` of their spans. */
  readonly #open = new Map<string, Span>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Starts the span of the current request, and returns its `traceparent`. */
  start(): string | undefined {
    const span = this.#span();
    const traceparent = traceparentOf(span.spanContext());
    if (traceparent !== undefined) this.#open.set(traceparent, span);
    return traceparent;
  }

  /** Ends the span; a callback that was refused before it had one gets it now. */
  received(message: ReceivedMessage): void {
    const { trace = '', outcome, httpStatus = 0 } = message;
    if (outcome === 'passed_on') return;
    const span = this.#open.get(trace) ?? this.#span(message.startedAtMs);
    this.#open.delete(trace);
    const provider = providerOf(message);
    span.updateName(`receive ${provider}`);
    span.setAttributes({ ...messaging('receive', provider), ...attributesOf(message) });
    if (httpStatus >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  stop(): void {
    for (const span of this.#open.values()) span.end();
    this.#open.clear();
  }

  #span(startTime?: number): Span {
    const kind = SpanKind.CONSUMER;
    return this.#tracer.startSpan('receive', { kind, ...(startTime !== undefined && { startTime }) }, context.active());
  }
}

function attributesOf({ outcome, httpStatus, trust, status, bytes }: ReceivedMessage): Attributes {
  const isError = httpStatus !== undefined && httpStatus >= 400;
  return {
    'call_status.outcome': outcome,
    'messaging.message.body.size': bytes,
    ...(httpStatus !== undefined && { 'http.response.status_code': httpStatus }),
    ...(trust !== undefined && { 'call_status.trust': trust }),
    ...(status !== undefined && { 'call_status.status': status }),
    ...(isError && { 'error.type': outcome }),
  };
}

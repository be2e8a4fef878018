import type { HandledMessage, HandleMessage } from '@call-status/core';
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { providerOf } from '../provider.ts';
import { errorType, messaging } from './conventions.ts';
import { spanOf } from './traceparent.ts';

/** What both messages say about an attempt. */
type OfAttempt = Pick<HandledMessage, 'provider' | 'status' | 'attempt' | 'trace'>;

/** The spans of attempts: `process {provider} {status}`, each a root with a link to the span of the callback that brought the event. */
export class ProcessSpans {
  readonly #tracer: Tracer;
  /** By the number of the attempt, which is unique in the process. */
  readonly #open = new Map<number, Span>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The span of the attempt that a handler belongs to: the first handler starts it. */
  of(message: HandleMessage): Span {
    const { attemptId } = message;
    const open = this.#open.get(attemptId);
    if (open !== undefined) return open;
    const span = this.#span(message);
    this.#open.set(attemptId, span);
    return span;
  }

  /** Ends the span; an attempt that failed before it called a handler gets one now. */
  handled(message: HandledMessage): void {
    const { attemptId } = message;
    const open = this.#open.get(attemptId);
    if (open === undefined && message.outcome === 'unhandled') return;
    const span = open ?? this.#span(message, message.startedAtMs);
    this.#open.delete(attemptId);
    span.setAttributes(resultOf(message));
    if (message.error !== undefined || message.outcome === 'dead') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  stop(): void {
    for (const span of this.#open.values()) span.end();
    this.#open.clear();
  }

  #span(message: OfAttempt, startTime?: number): Span {
    const { status, attempt, trace } = message;
    const provider = providerOf(message);
    const link = spanOf(trace);
    return this.#tracer.startSpan(
      `process ${provider} ${status}`,
      {
        kind: SpanKind.CONSUMER,
        root: true,
        links: link === undefined ? [] : [{ context: link }],
        attributes: { ...messaging('process', provider), 'call_status.status': status, 'call_status.attempt': attempt },
        ...(startTime !== undefined && { startTime }),
      },
      context.active(),
    );
  }
}

function resultOf({ outcome, transition, error }: HandledMessage): Attributes {
  return {
    'call_status.outcome': outcome,
    'call_status.transition': transition,
    ...(error !== undefined && { 'error.type': errorType(error) }),
  };
}

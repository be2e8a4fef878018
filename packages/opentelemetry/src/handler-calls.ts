import { type ErrorCode, type HandleMessage, isCallStatusError } from '@call-status/core';
import { type Context, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Metrics } from './metrics/metrics.ts';
import { errorType } from './spans/conventions.ts';
import type { ProcessSpans } from './spans/process.ts';

/** Calls of handlers: each has a span under that of its attempt, which is active in the handler, and is measured. */
export class HandlerCalls {
  readonly #tracer: Tracer;
  readonly #attempts: ProcessSpans;
  readonly #metrics: Metrics;
  /** By the message, which is the same object on all channels. */
  readonly #running = new WeakMap<HandleMessage, { readonly span: Span; readonly startedAt: number }>();

  constructor(tracer: Tracer, attempts: ProcessSpans, metrics: Metrics) {
    this.#tracer = tracer;
    this.#attempts = attempts;
    this.#metrics = metrics;
  }

  /** @returns the context that the handler runs in */
  started(message: HandleMessage): Context {
    const attempt = trace.setSpan(context.active(), this.#attempts.of(message));
    const { handler } = message;
    const span = this.#tracer.startSpan(handler, { attributes: { 'call_status.handler': handler } }, attempt);
    this.#running.set(message, { span, startedAt: performance.now() });
    return trace.setSpan(attempt, span);
  }

  /** The handler has returned; without a promise, it has ended. */
  returned(message: HandleMessage): void {
    if (message.isPending !== true) this.ended(message);
  }

  ended(message: HandleMessage): void {
    const running = this.#running.get(message);
    if (running === undefined) return;
    const { span, startedAt } = running;
    const { error } = message;
    if (error !== undefined) {
      span.setAttribute('error.type', errorType(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
    this.#metrics.called(message, performance.now() - startedAt, outcomeOf(error));
  }
}

function outcomeOf(error: unknown): HandlerOutcome {
  if (error === undefined) return 'done';
  return (isCallStatusError(error) && OURS[error.code]) || 'failed';
}

/** How a handler ended: on its own, or by an error with which call-status gave it up. */
type HandlerOutcome = 'done' | 'failed' | 'timeout' | 'interrupted';
const OURS: Partial<Record<ErrorCode, HandlerOutcome>> = {
  handler_timeout: 'timeout',
  lease_lost: 'interrupted',
  closed: 'interrupted',
};

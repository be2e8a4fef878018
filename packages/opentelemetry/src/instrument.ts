import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import type {
  HandledMessage,
  HandleMessage,
  InboxMessage,
  ReceivedMessage,
  ReconciledMessage,
} from '@call-status/core';
import { context, type MeterProvider, type TracerProvider, trace } from '@opentelemetry/api';
import { ActiveContext } from './active-context.ts';
import { guarded } from './guarded.ts';
import { HandlerCalls } from './handler-calls.ts';
import { Metrics } from './metrics/metrics.ts';
import { SCOPE } from './scope.ts';
import { ProcessSpans } from './spans/process.ts';
import { ReceiveSpans } from './spans/receive.ts';

/** Where metrics and spans go. */
export interface InstrumentOptions {
  /** @default the global one, once there is something to measure */
  readonly meterProvider?: MeterProvider;
  /** @default the global one */
  readonly tracerProvider?: TracerProvider;
}

/** What {@link instrumentCallStatus} returns. */
export interface Instrumentation {
  /**
   * For the option `traceContext` of `createCallStatus()`: starts the span of the current callback, and returns its W3C `traceparent`. The
   * inbox keeps it with the event, so that the spans of the handlers link to it, even in another process or a day later.
   */
  readonly traceContext: () => string | undefined;
  /** Ends all open spans, and measures no more. */
  readonly stop: () => void;
}

/**
 * Measures and traces all receivers of this process, as metrics and spans of OpenTelemetry. Without an SDK of OpenTelemetry, it does nothing.
 * It never throws, and changes no answer: its own errors go to the `diag` logger of OpenTelemetry.
 *
 * @example
 * ```ts
 * import { callStatusMiddleware, signalwire } from '@call-status/express';
 * import { instrumentCallStatus } from '@call-status/opentelemetry';
 * import express from 'express';
 *
 * const { traceContext } = instrumentCallStatus();
 *
 * const app = express();
 * app.use(
 *   '/webhooks/voice',
 *   callStatusMiddleware({
 *     providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *     traceContext,
 *     onCompleted: (event) => console.log(event.durationSeconds),
 *   }),
 * );
 * app.listen(3000);
 * ```
 */
export function instrumentCallStatus({ meterProvider, tracerProvider }: InstrumentOptions = {}): Instrumentation {
  const tracer = (tracerProvider ?? trace).getTracer(SCOPE);
  const metrics = new Metrics(meterProvider);
  const receiving = new ReceiveSpans(tracer);
  const processing = new ProcessSpans(tracer);
  const calls = new HandlerCalls(tracer, processing, metrics);

  const subscriptions = [
    on<ReceivedMessage>('call-status:received', (message) => {
      metrics.received(message);
      receiving.received(message);
    }),
    on<HandledMessage>('call-status:handled', (message) => {
      metrics.handled(message);
      processing.handled(message);
    }),
    on<InboxMessage>('call-status:inbox', (message) => metrics.inbox(message)),
    on<ReconciledMessage>('call-status:reconciled', (message) => metrics.reconciled(message)),
    on<HandleMessage>('tracing:call-status:handle:end', (message) => calls.returned(message)),
    on<HandleMessage>('tracing:call-status:handle:asyncEnd', (message) => calls.ended(message)),
  ];
  const { start } = tracingChannel<unknown, HandleMessage>('call-status:handle');
  const active = new ActiveContext();
  start.bindStore(active, (message) => guarded(() => calls.started(message)) ?? context.active());

  let isStopped = false;
  return {
    traceContext: () => (isStopped ? undefined : guarded(() => receiving.start())),
    stop() {
      isStopped = true;
      for (const end of subscriptions) end();
      start.unbindStore(active);
      guarded(() => {
        receiving.stop();
        processing.stop();
        metrics.stop();
      });
    },
  };
}

/** Subscribes to a channel, and returns how to stop it. */
function on<Message>(name: string, take: (message: Message) => void): () => void {
  const listener = (message: unknown): void => {
    guarded(() => take(message as Message));
  };
  subscribe(name, listener);
  return () => void unsubscribe(name, listener);
}

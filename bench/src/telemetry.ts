/** `@call-status/opentelemetry` with the SDK of OpenTelemetry, as a service has it, but what it exports goes nowhere. */
import { instrumentCallStatus } from '@call-status/opentelemetry';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';

/** Something that listens until it is stopped, and what the receiver gets from it. */
export interface Listening {
  readonly traceContext?: () => string | undefined;
  /** Does what it would do later. */
  readonly flush?: () => Promise<void>;
  readonly stop: () => void;
}

const nowhere: SpanExporter = {
  export: (_, done) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
};

// The SDK keeps figures only for a reader.
const meterProvider = new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE) }),
  ],
});
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(nowhere)] });

/** Metrics, without an SDK for spans. */
export function metricsOnly(): Listening {
  const { stop } = instrumentCallStatus({ meterProvider });
  return { stop };
}

/** Metrics and spans, each of them sampled, and the context of Node. */
export function metricsAndSpans(): Listening {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { traceContext, stop } = instrumentCallStatus({ meterProvider, tracerProvider });
  return {
    traceContext,
    flush: () => tracerProvider.forceFlush(),
    stop() {
      stop();
      context.disable();
    },
  };
}

/** What the types promise and refuse to someone who measures with OpenTelemetry. */
import { createCallStatus, signalwire } from '@call-status/express';
import { type Instrumentation, instrumentCallStatus } from '@call-status/opentelemetry';
import { metrics, trace } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const telemetry: Instrumentation = instrumentCallStatus({
  meterProvider: metrics.getMeterProvider(),
  tracerProvider: trace.getTracerProvider(),
});
instrumentCallStatus({ meterProvider: new MeterProvider() });
instrumentCallStatus();
createCallStatus({ providers: [signalwire({ signingKey: 'key' })], traceContext: telemetry.traceContext });

// @ts-expect-error - a provider of meters, not a meter
instrumentCallStatus({ meterProvider: metrics.getMeter('mine') });

// @ts-expect-error - a misspelled option is an error
instrumentCallStatus({ meter: new MeterProvider() });

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import { instrumentCallStatus } from '@call-status/opentelemetry';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import express from 'express';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
const telemetry = instrumentCallStatus({ meterProvider });
const calls = createCallStatus({
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
  traceContext: telemetry.traceContext,
});

const app = express();
app.use('/webhooks/voice', callStatusMiddleware(calls));

const server = app.listen(0, '127.0.0.1', async () => {
  await checkRoundTrip((server.address() as AddressInfo).port);
  server.close();
  await calls.close();
  await meterProvider.forceFlush();
  const names = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)),
    );
  for (const name of ['call_status.callbacks', 'call_status.handler.duration']) assert.ok(names.includes(name), name);
  telemetry.stop();
  await meterProvider.shutdown();
});

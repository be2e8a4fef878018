// The real SDK of OpenTelemetry around real servers.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Instrumentation, type InstrumentOptions, instrumentCallStatus } from '@call-status/opentelemetry';
import { context, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';

/** Serves on a free port until the test has ended, and returns the origin. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Instruments until the test has ended. */
export function instrument(options?: InstrumentOptions): Instrumentation {
  const telemetry = instrumentCallStatus(options);
  onTestFinished(() => telemetry.stop());
  return telemetry;
}

/** A sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Metrics for Prometheus, and how it scrapes them: over HTTP. */
export async function prometheus(): Promise<{
  meterProvider: MeterProvider;
  url: string;
  scrape: () => Promise<Sample[]>;
}> {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const url = `${await serve((req, res) => exporter.getMetricsRequestHandler(req, res))}/metrics`;
  return { meterProvider, url, scrape: () => scrape(url) };
}

/** What a scrape of a URL has. */
export async function scrape(url: string): Promise<Sample[]> {
  return samplesOf(await (await fetch(url)).text());
}

/** The samples of a text in the format of Prometheus. */
export function samplesOf(text: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
    value: Number(value),
  }));
}

/** Spans that stay in memory, and the context of Node. */
export function tracing(): { tracerProvider: TracerProvider; tracer: Tracer; spans: () => ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  onTestFinished(() => context.disable());
  return { tracerProvider, tracer: tracerProvider.getTracer('test'), spans: () => exporter.getFinishedSpans() };
}

/** The span id of the parent. */
export function parentOf(span: ReadableSpan | undefined): string | undefined {
  return span?.parentSpanContext?.spanId;
}

/** The id of a span. */
export function idOf(span: ReadableSpan | Span | undefined): string | undefined {
  return span?.spanContext().spanId;
}

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

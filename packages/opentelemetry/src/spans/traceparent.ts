import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** The W3C `traceparent` of a span; `undefined` without an SDK. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span that a `traceparent` of {@link traceparentOf} names; `undefined` if it names none. */
export function spanOf(traceparent: string | undefined): SpanContext | undefined {
  const [version, traceId = '', spanId = '', flags = ''] = traceparent?.split('-') ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return version === '00' && isSpanContextValid(span) ? span : undefined;
}

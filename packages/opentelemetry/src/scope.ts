/** The name of the instrumentation: of its meter and its tracer. */
export const SCOPE = '@call-status/opentelemetry';

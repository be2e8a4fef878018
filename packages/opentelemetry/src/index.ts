/**
 * Metrics and traces of call-status for OpenTelemetry.
 *
 * @module
 */
export { type Instrumentation, type InstrumentOptions, instrumentCallStatus } from './instrument.ts';

import { CallStatusError } from '@call-status/core';

/** Hears of what an operator should know though nothing failed. */
export type Warn = (warning: CallStatusError) => void;

/** Where no receiver listens. */
export function emitWarning({ message, code }: CallStatusError): void {
  process.emitWarning(message, { type: 'CallStatusWarning', code });
}

const HOUR_MS = 3_600_000;

export function clockStepped(path: string): CallStatusError {
  return new CallStatusError('inbox_clock_stepped', { path });
}

export function exposed(path: string): CallStatusError {
  return new CallStatusError('inbox_exposed', { path });
}

export function relativePath(path: string): CallStatusError {
  return new CallStatusError('inbox_relative_path', { path });
}

export function retentionChanged(path: string, before: number, after: number): CallStatusError {
  const reason = `It was ${spanOf(before)}, and is ${spanOf(after)} now.`;
  return new CallStatusError('inbox_retention_changed', { path, reason });
}

function spanOf(ms: number): string {
  if (!Number.isFinite(ms)) return 'for ever';
  return ms >= HOUR_MS ? `${Math.round((10 * ms) / HOUR_MS) / 10} hours` : `${ms} ms`;
}

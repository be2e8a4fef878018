import { isCallStatusError } from '@call-status/core';
import type { Attributes } from '@opentelemetry/api';

/** What a span does, in the words of OpenTelemetry for messages. These may still change, so metrics have none of them. */
export function messaging(operation: 'receive' | 'process', provider: string): Attributes {
  return {
    'messaging.system': 'call_status',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': provider,
  };
}

/** The kind of an error: the code of one of ours, or the name of its class. Never its text, which may quote anything. */
export function errorType(error: unknown): string {
  if (isCallStatusError(error)) return error.code;
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return /^\w{1,64}$/.test(name) ? name : 'Error';
}

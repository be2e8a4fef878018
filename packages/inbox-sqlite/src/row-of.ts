import { CallStatusError, type Unrecorded } from '@call-status/core';
import type { NewEvent } from './store/rows.ts';

/**
 * What the thread needs of an event.
 *
 * @throws CallStatusError `inbox_unavailable` when it is no JSON
 */
export function rowOf(event: Unrecorded): NewEvent {
  const { provider, tenant = '', callId, id, status, terminal, receivedAt } = event;
  const { direction = null, from, to, answered, durationSeconds } = event;
  return [
    provider,
    tenant,
    callId,
    id,
    status,
    terminal,
    Date.parse(receivedAt),
    textOf(direction) as NewEvent[7],
    textOf(from),
    textOf(to),
    typeof answered === 'boolean' ? (Number(answered) as 0 | 1) : null,
    typeof durationSeconds === 'number' && Number.isFinite(durationSeconds) ? durationSeconds : null,
    toJson(event),
  ];
}

/** Providers of users tell what they like; at NUL a text would be cut. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : null;
}

function toJson(event: Unrecorded): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

import { CallStatusError, type NewEvent } from '@call-status/core';
import type { EventColumns } from './rows.ts';

const HALF_A_CHARACTER = /[\ud800-\udfff]/u;

/**
 * What the thread needs of an event.
 *
 * @throws CallStatusError `inbox_unavailable` when it is no JSON, or its ids cannot be told apart in UTF-8
 */
export function rowOf(event: NewEvent): EventColumns {
  const { provider, tenant = '', callId, id, status, terminal, receivedAt } = event;
  requireStorable(id);
  requireStorable(callId);
  const { direction = null, from, to, answered, durationSeconds, answeredAt, occurredAt } = event;
  return [
    provider,
    tenant,
    callId,
    id,
    status,
    terminal,
    Date.parse(receivedAt),
    textOf(direction) as EventColumns[7],
    textOf(from),
    textOf(to),
    typeof answered === 'boolean' ? (Number(answered) as 0 | 1) : null,
    typeof durationSeconds === 'number' && Number.isFinite(durationSeconds) ? durationSeconds : null,
    timeOf(answeredAt),
    status === 'in-progress' ? timeOf(occurredAt ?? receivedAt) : null,
    toJson(event),
  ];
}

/** Providers of users tell what they like; at NUL a text would be cut. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : null;
}

/** In milliseconds since 1970. */
function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function toJson(event: NewEvent): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

/** Texts are cut at NUL, and in UTF-8 all halves of characters are the same: two ids could become one. */
function requireStorable(id: string): void {
  if (!id.includes('\0') && !HALF_A_CHARACTER.test(id)) return;
  throw new CallStatusError('inbox_unavailable', {
    hint: 'An id has NUL or half of a character, which SQLite cannot store.',
  });
}

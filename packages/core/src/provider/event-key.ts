import crypto from 'node:crypto';
import type { Recording } from '../event.ts';
import type { NormalForm } from './normal-form.ts';
import { text } from './values.ts';

/**
 * Joins the parts of an event key. No two lists of parts give the same key: a separator inside a part is escaped,
 * an absent part keeps its place, and only absent parts at the end leave no trace.
 * @example eventKey('completed', undefined, 4) // 'completed||4'
 */
export function eventKey(...parts: readonly unknown[]): string {
  let key = '';
  let separators = '';
  for (const part of parts) {
    const there = text(part);
    if (there !== undefined) {
      key += separators + escaped(there);
      separators = '';
    }
    separators += '|';
  }
  return key;
}

/** 96 bits: enough that no one finds two contents with one hash in the few events of a call. */
const HASH_LENGTH = 16;

/**
 * The event key of everything that a handler may act on: the status, the number of the event, and a hash of the rest of its normal form.
 * A correction, a recording or another leg is another event; the same content again is a redelivery.
 *
 * Of a recording's URL only what stands before its query counts, since it may be signed anew for each delivery.
 *
 * @param more further parts, which are not in the normal form
 * @example contentKey({ callId: '7', rawStatus: 'over', sequence: 4 }) // 'over|4'
 */
export function contentKey(form: NormalForm, ...more: readonly unknown[]): string {
  // Those stand in the event id in plain.
  const { answered, recording } = form;
  const rest = {
    ...form,
    callId: undefined,
    rawStatus: undefined,
    sequence: undefined,
    answered: answered ?? undefined,
  };
  const content = JSON.stringify(recording === undefined ? rest : { ...rest, recording: unsigned(recording) });
  const digest = content === '{}' ? undefined : crypto.hash('sha256', content, 'base64url').slice(0, HASH_LENGTH);
  return eventKey(form.rawStatus, form.sequence, ...more, digest);
}

function unsigned(recording: Recording): Recording {
  const query = recording.url?.indexOf('?') ?? -1;
  return query < 0 ? recording : { ...recording, url: recording.url?.slice(0, query) as string };
}

function escaped(part: string): string {
  return part.includes('|') || part.includes('\\') ? part.replace(/[\\|]/g, '\\$&') : part;
}

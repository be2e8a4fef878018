import crypto from 'node:crypto';
import type { Recording } from '../event.ts';
import type { NormalForm } from './normal-form.ts';
import { text } from './values.ts';

/**
 * Joins the parts of an event key. Different lists of parts give different keys: separators inside parts are escaped, and absent parts keep
 * their place, except at the end.
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

/** 96 bits: enough to avoid collisions among the few events of a call. */
const HASH_LENGTH = 16;

/**
 * An event key that covers everything a handler may act on: the status, the sequence number, and a hash of the rest of the normal form. A
 * correction, a recording or another leg is a new event; the same content again is a redelivery.
 *
 * The query of a recording's URL is ignored, since it may be signed anew for each delivery.
 *
 * @param more further parts that are not in the normal form
 * @example contentKey({ callId: '7', rawStatus: 'over', sequence: 4 }) // 'over|4'
 */
export function contentKey(form: NormalForm, ...more: readonly unknown[]): string {
  // These appear in plain text in the event id.
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

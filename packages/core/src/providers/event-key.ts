import crypto from 'node:crypto';
import type { Recording } from '../event.ts';
import type { NormalForm } from '../provider.ts';
import { text } from './lenient.ts';

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
 * @example
 * ```ts
 * eventKey: (fields, form) => contentKey(form)
 * ```
 */
export function contentKey(form: NormalForm, ...more: readonly unknown[]): string {
  let content = '';
  for (const name in form) {
    const value = form[name as keyof NormalForm];
    if (value === undefined || value === null || IN_ID.has(name)) continue;
    content += name + spelled(name === 'recording' ? unsigned(value as Recording) : value);
  }
  const digest = content === '' ? undefined : crypto.hash('sha256', content, 'base64url').slice(0, HASH_LENGTH);
  return eventKey(form.rawStatus, form.sequence, ...more, digest);
}

/** What stands in the event id in plain. */
const IN_ID: ReadonlySet<string> = new Set(['callId', 'rawStatus', 'sequence'] satisfies (keyof NormalForm)[]);

function unsigned(recording: Recording): Recording {
  const query = recording.url?.indexOf('?') ?? -1;
  return query < 0 ? recording : { ...recording, url: recording.url?.slice(0, query) as string };
}

/** As JSON does it, no two values in the same way, and in a fraction of the time. */
function spelled(value: string | number | boolean | object): string {
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (typeof value !== 'object') return `=${value}`;
  let text = '{';
  for (const name in value) {
    const part = (value as Readonly<Record<string, string | number | object | undefined>>)[name];
    if (part !== undefined) text += name + spelled(part);
  }
  return `${text}}`;
}

function escaped(part: string): string {
  return part.includes('|') || part.includes('\\') ? part.replace(/[\\|]/g, '\\$&') : part;
}

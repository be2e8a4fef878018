import type { AnyCallStatusEvent } from '@call-status/core';

const URL_PLACE = 'https://YOUR-HOST/YOUR-PATH?token=YOUR-TOKEN';

/**
 * A command that sends the fields of an event again: as a form if all of them are texts, else as JSON. A provider that signs needs a new
 * signature, which only its secret can make.
 */
export function curlOf({ raw }: AnyCallStatusEvent): string {
  const { type, body } = writtenAnew(raw);
  return `curl -X POST ${quoted(URL_PLACE)} -H ${quoted(`content-type: ${type}`)} --data-raw ${quoted(body)}`;
}

/** Fields as the body of a request. */
export function writtenAnew(raw: unknown): { readonly type: string; readonly body: string } {
  const fields = Object.entries(Object(raw) as Record<string, unknown>);
  const isForm = fields.every((field): field is [string, string] => typeof field[1] === 'string');
  return isForm
    ? { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() }
    : { type: 'application/json', body: JSON.stringify(raw) };
}

/** One word of a shell. Without control characters, which JSON and forms escape, but for those that terminals know and JSON does not. */
function quoted(text: string): string {
  const escaped = text.replaceAll(UNPRINTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${escaped.replaceAll("'", String.raw`'\''`)}'`;
}

const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;

import type { Inbox, Refusal } from '@call-status/core/inbox';
import { notFound, wrongUsage } from '../cli-error.ts';
import { type Header, type ParsedRequest, partsOf } from './captured.ts';

/** Of a longer body, an inbox keeps only the first bytes. */
const MOST_BYTES = 16 * 1024;

/**
 * Finds a rejected callback that an inbox keeps.
 *
 * @param id its id, or the beginning of it; empty: the latest
 * @throws CliError if there is none, or several; errors of the inbox
 */
export async function findRefusal({ refusals }: Inbox, id: string): Promise<Refusal> {
  const exact = id === '' ? undefined : await refusals.get(id);
  if (exact !== undefined) return exact;
  const found: Refusal[] = [];
  let cursor: string | undefined;
  do {
    const page = await refusals.list(cursor === undefined ? {} : { cursor });
    found.push(...page.rows.filter((row) => row.id.startsWith(id)));
    if (id === '' && found.length > 0) break;
    cursor = page.next;
  } while (cursor !== undefined && found.length < 2);
  const [first, second] = found;
  if (first === undefined) {
    throw id === ''
      ? notFound('The inbox has no rejected callback.', 'It keeps them unless the receiver has keepRefused: false.')
      : notFound(
          `The inbox has no rejected callback whose id begins with "${id}".`,
          'call-status inbox refused lists them.',
        );
  }
  if (second !== undefined && id !== '') {
    throw wrongUsage(`Several rejected callbacks have an id that begins with "${id}".`, 'Give more of it.');
  }
  return first;
}

/** The request of a rejected callback; `undefined` if the inbox has only its description. */
export function parseRefusal({ request, firstAt, bytes = 0 }: Refusal): ParsedRequest | undefined {
  if (request === undefined) return undefined;
  const { method, url, origin = '', headers, body = '' } = request;
  const { scheme, host } = { ...partsOf(origin) };
  const content = Buffer.from(body, 'base64');
  const notes: string[] = [];
  if (bytes > content.length && content.length >= MOST_BYTES) {
    notes.push(`Only the first ${content.length} of ${bytes} bytes of the body are kept.`);
  }
  return {
    format: 'rejected callback',
    method,
    scheme,
    host,
    target: url,
    headers: Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): Header => [name, one])),
    body: content,
    atMs: Date.parse(firstAt),
    notes,
  };
}

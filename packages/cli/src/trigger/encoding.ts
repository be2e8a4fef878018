import type { Encoding, Sample } from '@call-status/testing';

/** How the fields of a request are written. */
export function encodingOf({ method, headers }: Pick<Sample, 'method' | 'headers'>): Encoding {
  if (method === 'GET') return 'query';
  const type = String(headers['content-type']);
  if (type.includes('json')) return 'json';
  return type.startsWith('multipart') ? 'multipart' : 'form';
}

/** The same for people: `form`, `multipart`, `json` or `GET`. */
export function shownEncodingOf(request: Pick<Sample, 'method' | 'headers'>): string {
  const encoding = encodingOf(request);
  return encoding === 'query' ? 'GET' : encoding;
}

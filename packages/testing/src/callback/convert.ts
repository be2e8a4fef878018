import type { CallbackRequest } from '@call-status/core';

/** The request as one of Fetch. */
export function fetchRequestOf({ method, url, origin, headers, body = new Uint8Array() }: CallbackRequest): Request {
  return new Request(origin + url, {
    method,
    headers: pairsOf(headers),
    ...(method !== 'GET' && { body: Buffer.from(body) }),
  });
}

/** The request as a command of curl. */
export function curlOf({ method, url, origin, headers, body = new Uint8Array() }: CallbackRequest): string {
  const parts = ['curl', '-X', method, quoted(origin + url)];
  for (const [name, value] of pairsOf(headers)) parts.push('-H', quoted(`${name}: ${value}`));
  if (body.length > 0) parts.push('--data-binary', quoted(Buffer.from(body).toString('latin1')));
  return parts.join(' ');
}

/** Names and values; a repeated header is repeated. */
export function pairsOf(headers: CallbackRequest['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
  );
}

/** Each character is a byte. Those that are not plain text are escaped for bash, zsh and ksh. */
function quoted(text: string): string {
  if (/^[\w./:?=&%+@,;-]+$/.test(text) && !/[?&;]/.test(text)) return text;
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = text.replace(/[^\x20-\x7e]|['\\]/g, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped}'`;
}

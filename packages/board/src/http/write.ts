import { BoardFailure, badRequest } from './failure.ts';

/** In bytes. The longest body has a thousand keys. */
const LONGEST_BODY = 64 * 1024;

/**
 * Whether the page of this board sent the request: another site can neither add the header nor read the answer, and the browser says where
 * the request comes from.
 */
export function checkOrigin({ headers, url }: Request): void {
  if (headers.get('x-call-status-board') !== '1') throw forbidden('it has no header x-call-status-board: 1');
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new BoardFailure(415, 'unsupported_type', 'Only application/json is accepted.');
  }
  const site = headers.get('sec-fetch-site');
  if (site !== null) {
    if (site !== 'same-origin') throw forbidden('another site sent it');
    return;
  }
  const origin = hostOf(headers.get('origin'));
  // A proxy may have changed the Host: then the URL has the one that was called.
  const called = [headers.get('host')?.toLowerCase(), new URL(url).host];
  if (origin === undefined || !called.includes(origin)) throw forbidden('its Origin is not the host that was called');
}

function forbidden(why: string): BoardFailure {
  return new BoardFailure(
    403,
    'foreign_request',
    `The request was refused: ${why}. Send it from the page of the board.`,
  );
}

function hostOf(origin: string | null): string | undefined {
  return origin === null || !URL.canParse(origin) ? undefined : new URL(origin).host;
}

/** Reads an object of JSON. */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('The body is not JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest('The body is not an object.');
}

async function textOf({ body, headers }: Request): Promise<string> {
  if (Number(headers.get('content-length')) > LONGEST_BODY) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body ?? []) {
      length += part.length;
      if (length > LONGEST_BODY) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof BoardFailure ? error : badRequest('The body ended early.');
  }
  return Buffer.concat(parts).toString();
}

function tooLarge(): BoardFailure {
  return new BoardFailure(413, 'body_too_large', `The body is longer than ${LONGEST_BODY} bytes.`);
}

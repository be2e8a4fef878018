import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AnyCallStatusEvent } from '@call-status/core';

/** The header of a request that is answered before its body was read. */
export const ANSWER_EARLY = 'x-answer-early';

/** What an application sees when a request reaches its own code. */
export interface Seen {
  readonly method: string;
  /** The call status event that the adapter left on the request. */
  readonly event: AnyCallStatusEvent | null;
  /** The body as the application's parsers left it. */
  readonly parsed: unknown;
  /** The bytes of the body, if they were still unread or a parser left them whole. */
  readonly bytes: number;
  readonly sha256: string;
}

/** The application's own code: reads the rest of the request, and reports what it saw. */
export async function see(req: IncomingMessage, parsed: unknown, event: unknown): Promise<Seen> {
  const whole = typeof parsed === 'string' ? Buffer.from(parsed) : parsed;
  const body = whole instanceof Uint8Array ? whole : await rest(req);
  return {
    method: req.method ?? '',
    event: (event ?? null) as AnyCallStatusEvent | null,
    parsed: whole instanceof Uint8Array ? null : (parsed ?? null),
    bytes: body.length,
    sha256: sha256(body),
  };
}

/** The fingerprint of a body. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function rest(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (!req.readableEnded && req.headers[ANSWER_EARLY] === undefined) for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

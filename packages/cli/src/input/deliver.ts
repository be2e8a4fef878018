import type { CallbackRequest } from '@call-status/core';
import { mask } from '@call-status/core/inbox';
import { type Proof, send } from '@call-status/testing';
import { unreachable } from '../cli-error.ts';

/** The answer to a callback. */
export interface Delivered {
  readonly status: number;
  readonly durationMs: number;
  /** The text of the answer, without secrets and whole phone numbers; empty from call-status. */
  readonly body: string;
  readonly location: string | undefined;
}

/** No provider waits longer. */
const PATIENCE_MS = 30_000;

/**
 * Sends a callback to a server, and waits for the answer.
 *
 * @param proof what the answer must not show, should the server repeat it
 * @throws CliError unreachable
 */
export async function deliver(to: URL, request: CallbackRequest, proof: Proof = {}): Promise<Delivered> {
  const startedAt = performance.now();
  try {
    const response = await send(to.origin, request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const durationMs = performance.now() - startedAt;
    const { status, headers } = response;
    const location = headers.get('location');
    const body = without(await response.text(), proof);
    return { status, durationMs, body, location: location === null ? undefined : without(location, proof) };
  } catch (cause) {
    throw unreachable(...reasonOf(to, cause), cause);
  }
}

/** Servers repeat the URL in an answer of 404, with its token, and the numbers of a callback. */
function without(text: string, { secret, token }: Proof): string {
  const hidden = [secret, token].flatMap((one) => (one ? [one, encodeURIComponent(one)] : []));
  return mask(hidden.reduce((shown, one) => shown.replaceAll(one, '•••'), text));
}

/** Why there is no answer from a server, and what to do. */
export function reasonOf({ host, hostname, protocol }: URL, cause: unknown): [message: string, fix: string] {
  const { code, name } = cause as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return [`Nothing listens at ${host}.`, 'Start the server, or correct --to.'];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`The host ${hostname} is not known.`, 'Correct --to.'];
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT' || name === 'TimeoutError') {
    return [
      `${host} did not answer in ${PATIENCE_MS / 1000} seconds.`,
      'See what its handler of the request waits for.',
    ];
  }
  if (name === 'RangeError') return [`${host} sent an endless answer.`, 'No receiver of callbacks does; correct --to.'];
  if (code === 'ECONNRESET')
    return [`${host} closed the connection without an answer.`, 'Its log may have the reason.'];
  if (protocol === 'https:') {
    return [`${host} could not be reached by TLS (${code ?? name}).`, 'If the server has no TLS, write http: in --to.'];
  }
  return [`${host} could not be reached (${code ?? name}).`, 'Correct --to.'];
}

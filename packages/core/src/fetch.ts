import { CallStatusError } from './errors.ts';
import type { AnyCallStatusEvent } from './event.ts';
import type { CallbackEndpoint } from './receiver.ts';
import type { Receipt } from './request.ts';

/**
 * Receives a request of the Fetch API. `undefined`: it is the application's, and its body was not used.
 */
export async function receiveFetch(
  endpoint: Pick<CallbackEndpoint, 'mayReceive' | 'receive' | 'refuse' | 'limits'>,
  request: Request,
): Promise<Response | undefined> {
  const { method } = request;
  const headers = Object.fromEntries(request.headers);
  if (!endpoint.mayReceive({ method, headers })) return undefined;
  const body = await readBody(request.clone(), endpoint.limits.bytes);
  if (body === undefined) return toResponse(endpoint.refuse(new CallStatusError('body_too_large')));
  const { origin, pathname, search } = new URL(request.url);
  const receipt = await endpoint.receive({ method, url: pathname + search, origin, headers, body, source: request });
  return receipt && toResponse(receipt);
}

function toResponse({ status, headers }: Receipt<AnyCallStatusEvent>): Response {
  return new Response(null, { status, headers });
}

/** The bytes of the body, or `undefined` when there are more than allowed. */
async function readBody({ body }: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body !== null) {
    // To cancel a clone would wait until the request itself is cancelled too.
    for await (const chunk of body.values({ preventCancel: true })) {
      length += chunk.length;
      if (length > maxBytes) return undefined;
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks, length);
}

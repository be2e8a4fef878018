import type { CallbackReceiver, Receipt } from '../callback-request.ts';
import { tooManyBytes } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';

/** Receives a request of the Fetch API. `undefined`: it belongs to the application, and its body is unused. */
export async function receiveFetch(
  receiver: Pick<CallbackReceiver, 'accepts' | 'receive' | 'limits'>,
  request: Request,
): Promise<Response | undefined> {
  const { method } = request;
  const headers = Object.fromEntries(request.headers);
  const { origin, pathname, search } = new URL(request.url);
  const url = pathname + search;
  if (!receiver.accepts({ method, headers, url })) return undefined;
  const read = await readBody(request, receiver.limits.bytes);
  const body = read instanceof CallStatusError ? { unreadable: read } : { body: read };
  const receipt = await receiver.receive({ method, url, origin, headers, ...body, frameworkRequest: request });
  return receipt && toResponse(receipt);
}

function toResponse({ status, headers }: Receipt<AnyCallStatusEvent>): Response {
  return new Response(null, { status, headers });
}

/** The bytes of the body, read from a clone, or the reason why they cannot be read. */
async function readBody(request: Request, maxBytes: number): Promise<Uint8Array | CallStatusError> {
  if (request.bodyUsed) return new CallStatusError('body_consumed');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const { body } = request.clone();
    // Canceling a clone would wait until the request itself is canceled too.
    for await (const chunk of body?.values({ preventCancel: true }) ?? []) {
      length += chunk.length;
      if (length > maxBytes) return tooManyBytes(maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  } catch (cause) {
    return new CallStatusError('body_aborted', {}, { cause });
  }
}

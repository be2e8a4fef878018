import crypto from 'node:crypto';
import type { CallbackRequest } from '../../callback-request.ts';
import { hmac } from '../../signing/hmac.ts';
import type { Signing } from '../definition.ts';

/**
 * Signs a request as SignalWire does: its URL, then the sorted fields of a form. For a JSON body, the URL contains its hash; for a GET, the
 * fields. Other bodies are not signed.
 */
export function signLaml(request: CallbackRequest, { secret }: Signing): CallbackRequest {
  const body = request.body ?? new Uint8Array();
  const type = String(request.headers['content-type']).toLowerCase();
  const url = type.startsWith('application/json') ? withHash(request.url, body) : request.url;
  const isForm = request.method === 'POST' && type.startsWith('application/x-www-form-urlencoded');
  const fields = isForm ? [...new URLSearchParams(new TextDecoder().decode(body))] : [];
  const content = fields.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).flat();
  const signature = hmac('sha1', secret, 'base64', request.origin, url, ...content);
  return { ...request, url, headers: { ...request.headers, 'x-signalwire-signature': signature } };
}

function withHash(url: string, body: Uint8Array): string {
  return `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${crypto.hash('sha256', body)}`;
}

import crypto from 'node:crypto';
import type { CallbackRequest } from '../../callback-request.ts';
import { FieldPairs } from '../../decode/field-pairs.ts';
import { DEFAULT_LIMITS } from '../../decode/fields.ts';
import { hmac } from '../../signing/hmac.ts';
import type { Signing } from '../definition.ts';
import type { LamlScheme } from './signature.ts';

/**
 * Makes the function that signs a request as a member of the family does: its URL, then the sorted fields of a form. For a JSON body, the
 * URL contains its hash; for a GET, the fields. Other bodies are not signed.
 *
 * @param header where the signature goes
 */
export function lamlSigner(
  header: string,
  { textOf }: Pick<LamlScheme, 'textOf'>,
): (request: CallbackRequest, signing: Signing) => CallbackRequest {
  return (request, { secret }) => {
    const body = request.body ?? new Uint8Array();
    const type = String(request.headers['content-type']).toLowerCase();
    const url = type.startsWith('application/json') ? withHash(request.url, body) : request.url;
    const isForm = request.method === 'POST' && type.startsWith('application/x-www-form-urlencoded');
    const fields = isForm ? [...new URLSearchParams(new TextDecoder().decode(body))] : [];
    const names = fields.map(([name]) => name);
    const values = fields.map(([, value]) => value);
    const text = textOf(new FieldPairs(names, values, DEFAULT_LIMITS));
    const signature = hmac('sha1', secret, 'base64', request.origin, url, text);
    return { ...request, url, headers: { ...request.headers, [header]: signature } };
  };
}

function withHash(url: string, body: Uint8Array): string {
  return `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${crypto.hash('sha256', body)}`;
}

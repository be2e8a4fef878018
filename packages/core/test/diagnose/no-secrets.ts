import { expect } from 'vitest';
import type { CallbackRequest } from '../../src/callback-request.ts';
import type { Diagnosis } from '../../src/index.ts';

/** Shorter values, such as `US` or `busy`, are words of any text; so are these. */
const SHORTEST_VALUE = 6;
const WORDS: ReadonlySet<string> = new Set(['completed', 'machine']);

/** An address and a port have as many digits. */
const IP_ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g;
const PHONE_NUMBER = /\d[\d().\s-]{5,}\d/;
/** Their values prove who sent a request. */
const PROOF = /signature|authorization|secret|token/;

/** Nothing that a diagnosis says is a secret, a signature, a value of a field or a phone number. */
export function expectNoSecrets(diagnosis: Diagnosis, request: CallbackRequest, secrets: readonly string[]): void {
  const { verdict, verified, findings } = diagnosis;
  const said = JSON.stringify([verdict, verified, findings]);
  const proofs = Object.entries(request.headers).flatMap(([name, value]) => (PROOF.test(name) ? [value].flat() : []));
  const hidden = [...secrets.map((secret) => secret.trim()), ...proofs, ...valuesOf(request)];
  // Compared like this so that a failure prints one value, not all of them.
  expect(hidden.find((value) => value !== undefined && isSaid(value, said))).toBe(undefined);
  expect(PHONE_NUMBER.exec(said.replace(IP_ADDRESS, ''))?.[0]).toBe(undefined);
}

/** A name of a field may begin with a value: `Hangup` of `HangupCause`. */
function isSaid(value: string, said: string): boolean {
  if (value.length < SHORTEST_VALUE || WORDS.has(value) || !said.includes(value)) return false;
  return said.split(/[^\w.+@-]/).includes(value) || /[^\w.+@-]/.test(value);
}

/** The values of the fields and of the query, also as they are escaped there. */
function valuesOf({ url, headers, body, parsed }: CallbackRequest): string[] {
  const text = body === undefined ? '' : Buffer.from(body).toString();
  const tree = parsed ?? (String(headers['content-type']).includes('json') ? parsedJson(text) : undefined);
  const query = url.replace(/^[^?]*\??/, '');
  const escaped = [query, tree === undefined ? text : ''].flatMap((each) => each.split('&'));
  const values = escaped.map((pair) => pair.replace(/^[^=]*=?/, ''));
  return [...values, ...values.map(unescaped), ...leavesOf(tree)];
}

function unescaped(value: string): string {
  return [...new URLSearchParams(`v=${value}`).values()][0] ?? '';
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return ['string', 'number'].includes(typeof value) ? [`${value as string | number}`] : [];
}

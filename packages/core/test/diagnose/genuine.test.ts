// Genuine callbacks: every fixture of every provider, in every encoding that its proof covers, as any framework hands it over.
import { parse } from 'qs';
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../../testing/src/callback/encode.ts';
import { fixtures } from '../../../testing/src/fixtures/fixtures.ts';
import type { CallbackRequest } from '../../src/callback-request.ts';
import { builtInProviders } from '../../src/options/built-in-providers.ts';
import { createCallback } from '../../src/provider/create-callback.ts';
import { parsedAs } from './changes.ts';
import { diagnosisOf, type Factory, NOW, plain, rightSecretOf, sentBy } from './fault.ts';

const ENCODINGS: readonly (Encoding | undefined)[] = [undefined, 'form', 'multipart', 'json', 'query'];

const PARSERS = [
  parsedAs((text) => Object.fromEntries(new URLSearchParams(text))),
  parsedAs((text) => parse(text)),
  parsedAs((text) => (text.startsWith('{') ? JSON.parse(text) : text)),
];

/** A fixture in each encoding in which it can be sent. */
function sent(provider: Factory, name: string): CallbackRequest[] {
  return ENCODINGS.flatMap((encoding) => {
    try {
      return [sentBy(provider, name, encoding === undefined ? {} : { encoding })];
    } catch {
      // Not every provider sends every method, and not every body has fields.
      return [];
    }
  });
}

/** What frameworks make of it: its bytes, or what a parser leaves. */
function shapes(request: CallbackRequest): CallbackRequest[] {
  const parsed = PARSERS.flatMap((parse) => {
    try {
      return [parse(request)];
    } catch {
      return [];
    }
  });
  return request.method === 'GET' ? [request] : [request, ...parsed];
}

/** Whether a receiver accepts it: not every proof covers every body. */
function isAccepted(provider: Factory, { body, ...request }: CallbackRequest): boolean {
  const { definition } = plain(provider);
  try {
    const callback = createCallback({ ...request, ...(body && { body }) }, { definition });
    return definition.authenticate?.(callback, [rightSecretOf(provider)], {}, NOW) === 'valid';
  } catch {
    return false;
  }
}

describe.each(builtInProviders.map((provider) => [provider.definition.name, provider as Factory] as const))(
  '%s',
  (_, provider) => {
    const needsSigning = provider.definition.authenticate !== undefined;

    it.each(fixtures(provider).map(({ name }) => name))('%s', (name) => {
      const all = sent(provider, name).flatMap(shapes);
      const accepted = needsSigning ? all.filter((request) => isAccepted(provider, request)) : all;
      expect(accepted.length).toBeGreaterThan(0);
      for (const request of accepted) {
        expect(diagnosisOf(request, { provider })).toMatchObject({ verdict: 'valid', findings: [], complete: true });
      }
    });
  },
);

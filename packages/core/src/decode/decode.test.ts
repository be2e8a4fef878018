import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import { DEFAULT_LIMITS } from './fields.ts';

type Shape = string | Shape[] | { [name: string]: Shape };

/** What bracket notation can express: strings in objects and arrays, none of them empty, indices only in arrays. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => !/[[\]%\r\n\0]|^\d+$|^(?:__proto__|constructor|prototype|token)$/.test(name));
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.string({ unit: 'binary' }).filter((text) => !text.includes('\r\n--B')),
    fc.array(tie('shape'), { minLength: 1, maxLength: 5 }),
    fc.dictionary(names, tie('shape'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  ),
}));
const trees = fc.dictionary(names, shape, { maxKeys: 6, noNullPrototype: true });

function flatten(value: Shape, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value).flatMap(([name, child]) => flatten(child, `${path}[${name}]`));
}

/** The tree of a body that another parser took apart. */
function fieldsOfParsed(contentType: string, parsed: unknown): unknown {
  const headers = { 'content-type': contentType };
  return new IncomingCallback({ method: 'POST', url: '/', origin: 'http://localhost', headers, parsed }, DEFAULT_LIMITS)
    .fields;
}

function fieldsOf(method: string, query: string, contentType?: string, body?: string): unknown {
  const headers = { 'content-type': contentType };
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return new IncomingCallback(
    { method, url: `/${query}`, origin: 'http://localhost', headers, body: bytes },
    DEFAULT_LIMITS,
  ).fields;
}

it('form, JSON, multipart and query give the same tree, whichever parser read them', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const pairs = Object.entries(tree).flatMap(([name, value]) => flatten(value, name));
      const form = new URLSearchParams(pairs).toString();
      const parts = pairs.map(([name, value]) => {
        const quoted = name.replace(/["\\]/g, '\\$&');
        return `--B\r\nContent-Disposition: form-data; name="${quoted}"\r\n\r\n${value}\r\n`;
      });
      expect(fieldsOf('POST', '', 'application/json', JSON.stringify(tree))).toEqual(tree);
      expect(fieldsOf('POST', '', 'application/x-www-form-urlencoded', form)).toEqual(tree);
      expect(fieldsOf('POST', '', 'multipart/form-data; boundary=B', `${parts.join('')}--B--`)).toEqual(tree);
      expect(fieldsOf('GET', `?${form}`)).toEqual(tree);
      expect(fieldsOfParsed('application/json', tree)).toEqual(tree);
      expect(fieldsOfParsed('application/x-www-form-urlencoded', tree)).toEqual(tree);
      expect(fieldsOfParsed('application/x-www-form-urlencoded', Object.fromEntries(pairs))).toEqual(tree);
    }),
    { numRuns: 500 },
  );
});

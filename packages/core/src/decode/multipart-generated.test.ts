import { Busboy } from '@fastify/busboy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';
import { DEFAULT_LIMITS, type FieldRecord } from './fields.ts';
import { decodeMultipart } from './multipart.ts';

function decode(body: Uint8Array, boundary = 'B'): FieldRecord {
  const contentType = parseContentType(`multipart/form-data; boundary="${boundary}"`);
  return decodeMultipart(body, contentType, DEFAULT_LIMITS).toRecord();
}

describe('decodeMultipart, on generated bodies', () => {
  const boundaries = fc.string({
    unit: fc.constantFrom(..."abcXYZ019'()+_,-./:=?".split('')),
    minLength: 1,
    maxLength: 70,
  });
  const names = fc.string({ unit: 'grapheme' }).filter((name) => !/[\r\n%\0]/.test(name));

  /** Values with all that looks like the end of a part, and is not. */
  function valuesFor(boundary: string) {
    const delimiter = `\r\n--${boundary}`;
    const piece = fc.oneof(
      fc.constantFrom('\r\n', '\r', '\n', '--', `--${boundary}`, `\n--${boundary}`, delimiter.slice(0, -1), '\r\n--'),
      fc.string({ unit: 'binary' }),
    );
    return fc
      .array(piece, { maxLength: 6 })
      .map((pieces) => pieces.join(''))
      .filter((value) => !`\r\n${value}\r\n`.includes(delimiter) && !value.startsWith('\uFEFF'));
  }

  const forms = boundaries.chain((boundary) =>
    fc.record({
      boundary: fc.constant(boundary),
      fields: fc.array(fc.tuple(names, valuesFor(boundary)), { minLength: 1, maxLength: 8 }),
    }),
  );

  function encode(boundary: string, fields: readonly (readonly [string, string])[]): Buffer {
    const parts = fields.map(([name, value]) => {
      const quoted = name.replace(/["\\]/g, '\\$&');
      return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted}"\r\n\r\n${value}\r\n`;
    });
    return Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
  }

  function viaBusboy(boundary: string, body: Buffer): Promise<[string, string][]> {
    return new Promise((resolve, reject) => {
      const fields: [string, string][] = [];
      const busboy = new Busboy({ headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` } });
      busboy.on('field', (name, value) => fields.push([name, value]));
      busboy.on('finish', () => resolve(fields));
      busboy.on('error', reject);
      busboy.end(body);
    });
  }

  const collect = (fields: readonly (readonly [string, string])[]): FieldRecord => {
    const values = new Map<string, string[]>();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
    return Object.fromEntries([...values].map(([name, all]) => [name, all.length > 1 ? all : (all[0] ?? '')]));
  };

  it('finds the fields that busboy finds', async () => {
    await fc.assert(
      fc.asyncProperty(forms, async ({ boundary, fields }) => {
        const body = encode(boundary, fields);
        const found = decode(body, boundary);
        expect(found).toEqual(collect(fields));
        expect(found).toEqual(collect(await viaBusboy(boundary, body)));
      }),
      { numRuns: 500 },
    );
  });

  it('throws nothing but refusals, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--B',
        '--B--',
        '\r\n',
        '\n',
        '\r\n\r\n',
        ' ',
        'Content-Disposition: form-data',
        '; name="a"',
        '; name=',
        '"',
        '\\',
      ),
      fc.constantFrom(
        'Content-Type: text/plain; charset=',
        'utf-16',
        'x',
        '; filename="b"',
        'é',
        '%22',
        '__proto__',
        '-',
      ),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(`--B\r\n${pieces.join('')}\r\n--B--`)),
      fc.tuple(forms, fc.nat(), fc.nat(255)).map(([{ fields }, at, byte]) => {
        const body = encode('B', fields);
        body[at % body.length] = byte;
        return body;
      }),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          for (const value of Object.values(decode(body)).flat()) expect(value).toBeTypeOf('string');
        } catch (error) {
          expect(error).toHaveProperty('name', 'CallStatusError');
        }
      }),
      { numRuns: 3000 },
    );
  });
});

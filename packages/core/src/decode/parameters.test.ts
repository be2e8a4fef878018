import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseParameters } from './content-type.ts';

const read = (header: string) => {
  const { value, parameters } = parseParameters(header);
  return [value, Object.fromEntries(parameters)];
};

describe('parseParameters', () => {
  it.each([
    ['Form-Data', 'form-data', {}],
    ['form-data; name=a', 'form-data', { name: 'a' }],
    ['form-data;NAME = "a;b=c" ;filename="d"', 'form-data', { name: 'a;b=c', filename: 'd' }],
    [String.raw`x; name="a \"quoted\" \\ name"`, 'x', { name: String.raw`a "quoted" \ name` }],
    [String.raw`x; filename="C:\dir\file"`, 'x', { filename: String.raw`C:\dir\file` }],
    ['x; a=1; A=2', 'x', { a: '1' }],
    ['x; a=; b=""', 'x', { a: '', b: '' }],
    ['x; a; b=2; =3', 'x', { b: '2' }],
    ['x; a="open; b=2', 'x', { b: '2' }],
    ["x; filename*=UTF-8''a%20b", 'x', { 'filename*': "UTF-8''a%20b" }],
    ['', '', {}],
  ])('reads %j', (header, value, parameters) => {
    expect(read(header)).toEqual([value, parameters]);
  });

  it('reads back any quoted value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`;
        expect(parseParameters(`form-data; x=${quoted}; y=z`).parameters).toEqual(
          new Map([
            ['x', text],
            ['y', 'z'],
          ]),
        );
      }),
    );
  });

  it.each([
    ';a="'.repeat(5000),
    ';'.repeat(20_000),
    `;${' '.repeat(20_000)}`,
    `;a="${'\\"'.repeat(10_000)}`,
    `;${'a'.repeat(20_000)}`,
  ])('is done soon with a hostile header (%#)', (header) => {
    expect(parseParameters(header).value).toBe('');
  });
});

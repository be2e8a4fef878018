import { expect, it } from 'vitest';
import { contentCodings, refuseEncoded } from './content-encoding.ts';

it.each([
  [undefined, []],
  ['', []],
  [' ', []],
  ['identity', []],
  ['Identity , identity,', []],
  [['identity', ''], []],
  ['gzip', ['gzip']],
  ['identity, GZIP , br', ['GZIP', 'br']],
  ['UTF-8', ['UTF-8']],
])('of %j are %j', (header, expected) => {
  expect(contentCodings(header)).toEqual(expected);
});

it('lets a body pass that is not encoded', () => {
  for (const header of [undefined, '', 'identity', ' ,Identity']) expect(() => refuseEncoded(header)).not.toThrow();
});

it.each(['gzip', 'x-gzip', 'deflate', 'compress', 'BR', 'zstd'])('refuses %s as compressed', (header) => {
  expect(() => refuseEncoded(header)).toThrow(`is compressed: its content-encoding is ${header}.`);
});

it.each([
  ['UTF-8', '"UTF-8", which is not a content coding'],
  ['gzip, none', '"none", which is not a content coding'],
  ['7bit', '"7bit", which is not a content coding'],
  ['x555-123-0001', 'something, which is not a content coding'],
  ['555.123.0001', 'something, which is not a content coding'],
  ['+15551230001', 'something, which is not a content coding'],
  ['a b', 'something, which is not a content coding'],
  ['x5551230001', 'something, which is not a content coding'],
])('refuses %j by its name, if it is safe to say', (header, expected) => {
  const refused = () => refuseEncoded(header);
  expect(refused).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  expect(refused).toThrow(expected);
});

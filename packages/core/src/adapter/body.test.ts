import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type BodyStream, readBuffered } from './body.ts';

it('reads all that has come, in one chunk or in many', () => {
  for (const chunks of [['abc'], ['a', 'b', 'c']]) {
    const stream = new Readable({ read() {} });
    for (const chunk of [...chunks, null]) stream.push(chunk);
    expect(String(readBuffered(stream))).toBe('abc');
  }
});

it('reads on where a stream gives one chunk at a time, as Node 26 does', () => {
  const chunks = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
  const stream = {
    read: () => chunks.shift(),
    get readableLength() {
      return chunks.length;
    },
  };
  expect(String(readBuffered(stream as unknown as BodyStream))).toBe('abc');
});

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from './fields.ts';

/** Nothing is loaded when it is first imported. */
let brackets: typeof import('./brackets.ts');
beforeEach(async () => {
  vi.resetModules();
  brackets = await import('./brackets.ts');
});

const TREE = { a: [{ b: '1' }] };

describe('what reads brackets in names', () => {
  it.each([
    ['a form with brackets', { url: '/', body: Buffer.from('x=1&a%5B0%5D%5Bb%5D=1') }],
    ['escapes in lower case', { url: '/', body: Buffer.from('a%5b0%5d=1') }],
    ['a multipart body', { url: '/', body: new Uint8Array(Buffer.from('name="a[0]"')) }],
    ['a query', { url: '/?a[0]=1', body: undefined }],
    ['an escaped query', { url: '/?a%5b0]=1', body: undefined }],
    ['what another parser read', { url: '/', body: undefined, parsed: { 'a[0]': '1' } }],
  ])('is loaded once, by %s', async (_, request) => {
    const loading = brackets.loadBrackets(request);
    expect(loading).toBeInstanceOf(Promise);
    await loading;
    expect(brackets.loadBrackets(request)).toBeUndefined();
    expect(brackets.parseBrackets({ 'a[0][b]': '1' }, DEFAULT_LIMITS)).toEqual(TREE);
  });

  it.each([
    ['a form without brackets', { url: '/?a=1', body: Buffer.from('a=1&b=%2B5') }],
    ['a GET without brackets', { url: '/?a=1' }],
    ['a body that is a text', { url: '/', body: 'a[0]=1' as never }],
  ])('is not loaded by %s', (_, request) => {
    expect(brackets.loadBrackets(request)).toBeUndefined();
  });

  it('is loaded at once where nothing waits for it', () => {
    expect(brackets.parseBrackets({ 'a[0][b]': '1' }, DEFAULT_LIMITS)).toEqual(TREE);
  });
});

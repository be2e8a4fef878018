import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('parseContentType', () => {
  it.each([
    [undefined, 'none'],
    ['', 'none'],
    ['application/x-www-form-urlencoded', 'form'],
    ['application/x-www-form-urlencoded; charset=UTF-8', 'form'],
    ['Application/X-WWW-Form-Urlencoded ; Charset = "utf-8" ; x=y', 'form'],
    ['application/json', 'json'],
    [' application/JSON;charset=utf-8', 'json'],
    ['application/problem+json', 'json'],
    ['application/vnd.acme.call+JSON; version=2', 'json'],
    ['multipart/form-data; boundary=x', 'multipart'],
    ['Multipart/Form-Data', 'multipart'],
    ['multipart/mixed; boundary=x', 'other'],
    ['text/json', 'other'],
    ['application/+json', 'other'],
    ['application/jsonp', 'other'],
    ['text/plain', 'other'],
    [';', 'none'],
    ['nonsense', 'other'],
  ])('%j is of kind %s', (header, kind) => {
    expect(parseContentType(header).kind).toBe(kind);
  });

  it.each([
    ['multipart/form-data; boundary=----WebKitFormBoundary7MA4', '----WebKitFormBoundary7MA4'],
    ['multipart/form-data;BOUNDARY="a b;c"; charset=utf-8', 'a b;c'],
    ['multipart/form-data; charset=utf-8; boundary=a=b', 'a=b'],
    ['multipart/form-data', undefined],
  ])('finds the boundary in %j', (header, boundary) => {
    expect(parseContentType(header).boundary).toBe(boundary);
  });

  it('decodes UTF-8 unless told otherwise', () => {
    const body = bytes(0xc3, 0xa9, 0xff);
    for (const header of [
      undefined,
      'application/json',
      'application/json; charset=utf8',
      'text/x; charset="US-ASCII"',
    ]) {
      expect(parseContentType(header).decodeText(body)).toBe('é\uFFFD');
    }
  });

  it('decodes only the bytes of the view', () => {
    const body = bytes(0x61, 0x62, 0x63, 0x64).subarray(1, 3);
    expect(parseContentType('application/json').decodeText(body)).toBe('bc');
  });

  it('decodes other charsets', () => {
    expect(parseContentType('application/x-www-form-urlencoded; charset=ISO-8859-1').decodeText(bytes(0xe9))).toBe('é');
    expect(parseContentType('application/x-www-form-urlencoded; charset=utf-16le').decodeText(bytes(0x61, 0))).toBe(
      'a',
    );
  });

  it('reads JSON as UTF-8, whatever an unsigned header says', () => {
    expect(parseContentType('application/json; charset=ISO-8859-1').decodeText(bytes(0xc3, 0xa9))).toBe('é');
  });

  it('refuses an unknown charset, but only once the text is needed', () => {
    const contentType = parseContentType('application/x-www-form-urlencoded; charset=klingon');
    expect(contentType.kind).toBe('form');
    expect(() => contentType.decodeText(bytes())).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  });
});

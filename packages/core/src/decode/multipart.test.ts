import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';
import { DEFAULT_LIMITS, type Limits } from './fields.ts';
import { decodeMultipart } from './multipart.ts';

const decode = (body: string | Uint8Array, boundary = 'B', limits: Limits = DEFAULT_LIMITS) =>
  decodeMultipart(
    typeof body === 'string' ? Buffer.from(body) : body,
    parseContentType(`multipart/form-data; boundary="${boundary}"`),
    limits,
  ).toRecord();

const crlf = (...lines: string[]) => lines.join('\r\n');
const part = (headers: string, value = 'v') => crlf('--B', headers, '', value, '--B--', '');
const malformed = expect.objectContaining({ code: 'malformed_body' });

describe('decodeMultipart', () => {
  it('decodes text parts', () => {
    const body = crlf(
      '--B',
      'Content-Disposition: form-data; name="CallSid"',
      '',
      'abc',
      '--B',
      'Content-Disposition: form-data; name="Legs[0][Status]"',
      '',
      'completed',
      '--B',
      'Content-Disposition: form-data; name="Legs[1][Status]"',
      '',
      '',
      '--B--',
      '',
    );
    expect(decode(body)).toEqual({ CallSid: 'abc', 'Legs[0][Status]': 'completed', 'Legs[1][Status]': '' });
  });

  it('decodes what the platform makes of a FormData', async () => {
    const form = new FormData();
    form.append('plain', 'é 😀');
    form.append('a "quoted"\nname ü', 'two\r\nlines');
    form.append('plain', '');
    form.append('upload', new Blob(['file content']), 'call.wav');
    const response = new Response(form);
    const contentType = parseContentType(response.headers.get('content-type') ?? undefined);
    expect(
      decodeMultipart(new Uint8Array(await response.arrayBuffer()), contentType, DEFAULT_LIMITS).toRecord(),
    ).toEqual({
      plain: ['é 😀', ''],
      'a "quoted"\r\nname ü': 'two\r\nlines',
    });
  });

  it('accepts lines that end in a bare LF, if the first one does', () => {
    expect(
      decode(
        '--B\nContent-Disposition: form-data; name="a"\n\n1\r\n\n2\n--B \nContent-Disposition: form-data; name=b\n\n\n--B--',
      ),
    ).toEqual({
      a: '1\r\n\n2',
      b: '',
    });
    expect(() => decode('--B\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--')).toThrow(malformed);
    expect(decode('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\n--B--\n\r\n--B--')).toEqual({
      a: '1\n--B--\n',
    });
  });

  it.each([
    ['content-disposition:form-data;name=a', 'a'],
    ['CONTENT-DISPOSITION : Form-Data ; charset=x ; NAME = "a"', 'a'],
    ['X-Other: 1\r\nContent-Disposition: form-data; name="a"\r\nContent-Length: 1', 'a'],
    ['Content-Disposition: form-data;\r\n\tname="a"', 'a'],
    ['Content-Disposition: form-data; name=""', ''],
    [String.raw`Content-Disposition: form-data; name="a \"b\" \\ \c"`, String.raw`a "b" \ \c`],
    ['Content-Disposition: form-data; name="a%22b%0d%0A%41%"', 'a"b\r\n%41%'],
    ['Content-Disposition: form-data; name="a; filename=b"', 'a; filename=b'],
    ['Content-Disposition: form-data; name*=UTF-8\'\'x; name="a"', 'a'],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=klingon', 'a'],
    ['Content-Disposition: form-data; name="naïve ☎"', 'naïve ☎'],
    ['Content-Disposition: form-data; name="naïve ☎"; x=y', 'naïve ☎'],
  ])('reads the headers %j', (headers, name) => {
    expect(decode(part(headers))).toEqual({ [name]: 'v' });
  });

  it.each([
    ['Content-Type: text/plain'],
    ['Content-Disposition: form-data'],
    ['Content-Disposition: form-data; filename="a"'],
    ["Content-Disposition: form-data; name*=UTF-8''a"],
    ['Content-Disposition: attachment; name="a"'],
    ['X-Content-Disposition: form-data; name="a"'],
    ['Content-Disposition: form-data; name="a\r\nb"'],
    ['Content-Disposition: form-data; name="a"\r\n--B\r\nContent-Disposition: form-data; name="b"'],
    [''],
  ])('refuses a part with the headers %j', (headers) => {
    expect(() => decode(part(headers))).toThrow(malformed);
  });

  it('refuses a part with very long headers', () => {
    const headers = (length: number) => `Content-Disposition: form-data; name="a"\r\nX: ${'x'.repeat(length)}`;
    expect(decode(part(headers(4000)))).toEqual({ a: 'v' });
    expect(() => decode(part(headers(4100)))).toThrow(malformed);
  });

  it('drops the parts of files', () => {
    const file = (parameter: string) =>
      `--B\r\nContent-Disposition: form-data; name="f"; ${parameter}\r\nContent-Type: application/octet-stream\r\n\r\n\0\xff\r\n`;
    const field = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
    for (const parameter of ['filename="x.wav"', 'filename=""', "filename*=UTF-8''x.wav"]) {
      const body = `${file(parameter)}${field}--B--`;
      expect(decode(body)).toEqual({ a: '1' });
      expect(decode(Buffer.from(body, 'latin1'))).toEqual({ a: '1' });
    }
  });

  it('decodes a part with the charset that it names', () => {
    const body = part(
      'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=ISO-8859-1',
      '\xe9',
    );
    expect(decode(Buffer.from(body, 'latin1'))).toEqual({ a: 'é' });
    const unknown = part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=klingon', 'é');
    expect(() => decode(unknown)).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  });

  it('passes preamble and epilogue over', () => {
    const body = part('Content-Disposition: form-data; name="a"');
    expect(decode(`preamble --B\r\n--Beyond\r\n--B x\r\n${body}epilogue\r\n--B\r\n`)).toEqual({ a: 'v' });
    expect(decode(`--Beyond\n${body.replace('--B', '--B \t')}`)).toEqual({ a: 'v' });
    expect(decode('--B--')).toEqual({});
    expect(decode('preamble\r\n--B--\r\n')).toEqual({});
  });

  it('takes a line that only begins like the boundary for content', () => {
    expect(decode(part('Content-Disposition: form-data; name="a"', '1\r\n--Beyond\r\n--B\t 2\r\n--B -- 3'))).toEqual({
      a: '1\r\n--Beyond\r\n--B\t 2\r\n--B -- 3',
    });
  });

  it('accepts an empty part without a line end of its own', () => {
    expect(decode('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n--B--')).toEqual({ a: '' });
    expect(decode('--B\r\nContent-Disposition: form-data; name="é"\r\n\r\n--B--')).toEqual({ é: '' });
  });

  it.each([
    '',
    'no boundary at all',
    'a --B--',
    '--B',
    '--B\r\n',
    '--B\r\n--B--',
    '--B\r\nContent-Disposition: form-data; name="a"',
    '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B',
    '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B\r\n',
  ])('refuses the torn body %j', (body) => {
    expect(() => decode(body)).toThrow(malformed);
  });

  it('requires a boundary of 1 to 70 characters', () => {
    const long = 'b'.repeat(70);
    expect(decode(`--${long}--`, long)).toEqual({});
    for (const header of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      `multipart/form-data; boundary=${long}b`,
    ]) {
      expect(() => decodeMultipart(Buffer.from(`--${long}b--`), parseContentType(header), DEFAULT_LIMITS)).toThrow(
        malformed,
      );
    }
  });

  it('takes as many parts as the limit says, and no more', () => {
    const body = (parts: number) =>
      `${'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(parts)}--B--`;
    expect(decode(body(3), 'B', { ...DEFAULT_LIMITS, fields: 3 })).toEqual({ a: ['x', 'x', 'x'] });
    expect(() => decode(body(4), 'B', { ...DEFAULT_LIMITS, fields: 3 })).toThrow(
      expect.objectContaining({ code: 'body_too_large', message: expect.stringContaining('limits.fields') }),
    );
  });

  it('reads the names of providers among any number of others', () => {
    const named = (name: string) => part(`Content-Disposition: form-data; name="${name}"`);
    for (const name of ['CallSid', ...Array.from({ length: 1500 }, (_, at) => `n${at}`), 'x'.repeat(300), 'CallSid']) {
      expect(decode(named(name))).toEqual({ [name]: 'v' });
    }
  });

  it('reads only the bytes of the view', () => {
    const body = `x${part('Content-Disposition: form-data; name="a"')}`;
    expect(decode(Buffer.from(body).subarray(1))).toEqual({ a: 'v' });
    expect(decode(new Uint8Array(Buffer.from(body.replace('v', 'é'))).subarray(1))).toEqual({ a: 'é' });
  });

  it('has no prototype, so that names of any kind are data', () => {
    const fields = decode(part('Content-Disposition: form-data; name="__proto__"'));
    expect(Object.entries(fields)).toEqual([['__proto__', 'v']]);
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });

  it.each([
    ['near boundaries', part('Content-Disposition: form-data; name="a"', '\r\n--Bx'.repeat(200_000))],
    ['near boundaries before the first', `${'\r\n--Bx'.repeat(200_000)}\r\n--B--`],
    [
      'boundaries with padding',
      part('Content-Disposition: form-data; name="a"', `\r\n--B${' '.repeat(1000)}x`.repeat(1000)),
    ],
    ['padding before the first', `\r\n--B${' '.repeat(1000)}x`.repeat(1000).concat('\r\n--B--')],
    ['line ends', part('Content-Disposition: form-data; name="a"', '\r\n'.repeat(500_000))],
  ])('is done soon with many %s', (_, body) => {
    expect(decode(body)).toBeTypeOf('object');
  });

  it.each([
    ['header lines', `--B\r\n${'a: b\r\n'.repeat(200_000)}`],
    [
      'parts with long headers',
      `--B\r\nContent-Disposition: form-data; name="a"\r\nX: ${'y'.repeat(4000)}\r\n\r\n\r\n`.repeat(300),
    ],
    [
      'parts with folded headers',
      `--B\r\nContent-Disposition: form-data${';\r\n a="'.repeat(480)}\r\n\r\n\r\n`.repeat(300),
    ],
    ['dashes', '-'.repeat(1_000_000)],
  ])('is done soon with many %s that end nowhere', (_, body) => {
    expect(() => decode(body)).toThrow(malformed);
  });
});

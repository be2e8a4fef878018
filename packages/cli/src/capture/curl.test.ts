import { describe, expect, it } from 'vitest';
import { parseCurl } from './curl.ts';

const FILES: Readonly<Record<string, string>> = { 'body.txt': 'a=1\r\nb=2\n' };
const parse = (text: string) =>
  parseCurl(Buffer.from(text).toString('latin1'), (path) => Buffer.from(FILES[path] ?? ''));

describe('a curl command', () => {
  it('as a browser copies it', () => {
    const copied = `curl 'https://hooks.example.com/voice?tenant=7' \\
  -X 'POST' \\
  -H 'content-type: application/x-www-form-urlencoded' \\
  -H $'x-note: it\\'s \\u00fc' \\
  --data-raw 'CallSid=1&CallStatus=completed' \\
  --compressed ;`;
    expect(parse(copied)).toEqual({
      format: 'curl command',
      method: 'POST',
      scheme: 'https',
      host: 'hooks.example.com',
      target: '/voice?tenant=7',
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['x-note', Buffer.from("it's ü").toString('latin1')],
        ['Accept-Encoding', 'deflate, gzip, br, zstd'],
      ],
      body: Buffer.from('CallSid=1&CallStatus=completed'),
      notes: [],
    });
  });

  it.each([
    ['$ curl http://x.example/a', 'GET', '/a'],
    ['/usr/bin/curl http://x.example/a -d @body.txt', 'POST', '/a'],
    ['curl.exe x.example/a -I', 'HEAD', '/a'],
    ['curl "http://x.example" --no-buffer --no-alpn -sSL4', 'GET', '/'],
    ['curl x.example/a --no-location --no-fail', 'GET', '/a'],
    ['# as sent\ncurl http://x.example/a # comment', 'GET', '/a'],
  ])('%s', (text, method, target) => {
    expect(parse(text)).toMatchObject({ method, target, host: 'x.example', scheme: 'http' });
  });

  it('reads the files that it names', () => {
    expect(Buffer.from(parse('curl x.example -d @body.txt').body).toString()).toBe('a=1b=2');
    expect(Buffer.from(parse('curl x.example --data-binary @body.txt').body).toString()).toBe('a=1\r\nb=2\n');
  });

  it('keeps a byte that bash would not', () => {
    expect(parse("curl x.example --data-binary $'a\\u0000b'").body).toEqual(Buffer.from('a\0b'));
  });

  it('prefers the host of its headers', () => {
    expect(parse("curl http://127.0.0.1:3000/a -H 'Host: hooks.example.com'").host).toBe('hooks.example.com');
  });

  it('says that an unquoted & ends it', () => {
    const { target, notes } = parse('curl http://x.example/a?b=1&c=2');
    expect(target).toBe('/a?b=1');
    expect(notes).toEqual([expect.stringContaining('quote the URL')]);
  });

  it('has a boundary that is not in its fields', () => {
    const { headers, body } = parse("curl x.example -F a=call-status -F 'b\"=2'");
    expect(headers).toEqual([['Content-Type', 'multipart/form-data; boundary=call-status-']]);
    expect(Buffer.from(body).toString()).toContain('name="b%22"');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['curl ^"https://x.example/a^"', 'for cmd.exe'],
    ['curl "https://x.example/a" ^\r\n  -H "a: 1"', 'for cmd.exe'],
    ['curl.exe "https://x.example/a" `\n  -H "a: 1"', 'for PowerShell'],
    ['wget https://x.example/a', 'does not begin with curl'],
    ['| curl x.example', 'An operator stands before the command (line 1 of the command).'],
    ['curl -s', 'no URL'],
    ['curl ftp://x.example/a', 'not one of http or https'],
    ['curl x.example y.example', 'two URLs'],
    ['curl x.example --frobnicate', '--frobnicate is not known here'],
    ['curl x.example -j', '-j is not known here'],
    ['curl x.example -K file', '-K takes its request from elsewhere'],
    ['curl x.example --next', '--next takes its request from elsewhere'],
    ['curl --expand-url x.example', '--expand-url takes its request from elsewhere'],
    ["curl x.example -H '@headers.txt'", 'Headers are in another file'],
    ["curl x.example -H 'a b: 1'", 'A header of the command has no name'],
    ['curl x.example -H', 'A header of the command has no name'],
    ['curl x.example -F a=@file', 'A field of the form is in another file'],
    ['curl x.example -F a', 'A field of the form has no name'],
    ['curl "x.example/$TENANT/a"', 'The variable $TENANT is needed (line 1 of the command).'],
    [`curl x.example \\\n -H "a: $${'{SECRET}'}"`, `The variable $${'{SECRET}'} is needed (line 2 of the command).`],
    ['curl x.example -d "$(cat file)"', 'The output of another command is needed'],
    ['curl x.example -d `cat file`', 'The output of another command is needed'],
    ["curl x.example \\\n -d 'a", "A text that begins with ' does not end (line 2 of the command)."],
    ['curl x.example -d "a', 'A text that begins with " does not end'],
    ["curl x.example -d $'a\\", "A text that begins with $' does not end"],
    ["curl x.example -d $'a", "A text that begins with $' does not end"],
    ["curl x.example -d $'\\Uffffffff'", 'An escape is not a character'],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

import { wrongUsage } from '../cli-error.ts';
import { type Header, type ParsedRequest, partsOf } from './captured.ts';
import { type CurlOption, curlOptions } from './curl-options.ts';
import { multipartOf } from './multipart.ts';
import { shellWords } from './shell-words.ts';

/** Reads the file that an option such as `--data-binary @body.json` names. */
export type ReadNamedFile = (path: string) => Buffer;

const BASH = "In the browser's menu, choose 'Copy as cURL (bash)'.";
const FORM = 'application/x-www-form-urlencoded';

/**
 * Reads the request that a curl command would send. Each character of the text is a byte. Nothing is evaluated or sent.
 *
 * @throws CliError with the cause
 */
export function parseCurl(text: string, read: ReadNamedFile): ParsedRequest {
  if (/^\s*curl(?:\.exe)?\s+\^|\s\^\s*\r?\n/i.test(text))
    throw wrongUsage('The command is for cmd.exe (it has ^).', BASH);
  if (/`\s*\r?\n/.test(text)) throw wrongUsage('The command is for PowerShell.', BASH);
  const { words, endedBy } = shellWords(text.replace(/^\s*\$\s+/, ''));
  const [program = '', ...args] = words;
  if (!/(?:^|[/\\])curl(?:\.exe)?$/.test(program)) throw wrongUsage('The command does not begin with curl.', BASH);
  const request = new CurlRequest(read);
  for (const option of curlOptions(args)) request.apply(option);
  return request.parsed(endedBy);
}

class CurlRequest {
  readonly #read: ReadNamedFile;
  readonly #headers: [string, string][] = [];
  readonly #removed = new Set<string>();
  readonly #data: string[] = [];
  readonly #form: [string, string][] = [];
  readonly #query: string[] = [];
  readonly #defaults = new Map<string, string>();
  #method: string | undefined;
  #url: string | undefined;
  #isGet = false;
  #isJson = false;

  constructor(read: ReadNamedFile) {
    this.#read = read;
  }

  apply({ name, action, value }: CurlOption): void {
    switch (action) {
      case 'method':
        this.#method = value;
        break;
      case 'header':
        this.#addHeader(value);
        break;
      case 'data':
        // curl removes line breaks only from files.
        this.#data.push(this.#content(value, /[\r\n\0]/g));
        break;
      case 'dataBinary':
        this.#data.push(this.#content(value));
        break;
      case 'dataRaw':
        this.#data.push(value);
        break;
      case 'dataUrlencode':
        this.#data.push(this.#urlencoded(value));
        break;
      case 'json':
        this.#isJson = true;
        this.#data.push(this.#content(value));
        break;
      case 'form':
        this.#form.push(formField(value));
        break;
      case 'formString':
        this.#form.push(splitAt('=', value));
        break;
      case 'get':
        this.#isGet = true;
        break;
      case 'head':
        this.#method ??= 'HEAD';
        break;
      case 'user':
        this.#defaults.set('Authorization', `Basic ${Buffer.from(value, 'latin1').toString('base64')}`);
        break;
      case 'bearer':
        this.#defaults.set('Authorization', `Bearer ${value}`);
        break;
      case 'agent':
        this.#defaults.set('User-Agent', value);
        break;
      case 'referer':
        this.#defaults.set('Referer', value);
        break;
      case 'cookie':
        this.#defaults.set('Cookie', value);
        break;
      case 'compressed':
        this.#defaults.set('Accept-Encoding', 'deflate, gzip, br, zstd');
        break;
      case 'url':
        if (this.#url !== undefined)
          throw wrongUsage('The command has two URLs.', 'Quote the URL, and keep one request.');
        this.#url = value;
        break;
      case 'urlQuery':
        this.#query.push(value.startsWith('+') ? value.slice(1) : this.#urlencoded(value));
        break;
      case 'value':
      case 'flag':
        break;
      case 'refused':
        throw wrongUsage(
          `curl's option ${name} takes its request from elsewhere.`,
          'Write the request in the command itself.',
        );
      default:
        throw wrongUsage(`curl's option ${name} is not known here.`, 'Remove it if it does not change the request.');
    }
  }

  parsed(endedBy: string): ParsedRequest {
    if (this.#url === undefined || this.#url === '')
      throw wrongUsage('The command has no URL.', 'Add the URL that was called.');
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(this.#url) ? this.#url : `http://${this.#url}`;
    const parts = partsOf(url);
    if (parts === undefined)
      throw wrongUsage('The URL of the command is not one of http or https.', 'Add the URL that was called.');
    const { scheme, host, user, target } = parts;
    if (user !== undefined) this.apply({ name: 'URL', action: 'user', value: decoded(user) });
    const [type, body] = this.#body();
    const query = [...this.#query, ...(this.#isGet ? this.#data : [])].filter((one) => one !== '').join('&');
    return {
      format: 'curl command',
      method: this.#method ?? (type === undefined ? 'GET' : 'POST'),
      scheme,
      host: this.#headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? host,
      target: query === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${query}`,
      headers: this.#allHeaders(type),
      body,
      notes: endedBy === '&' ? ["An unquoted '&' ends the command there, as in a shell: quote the URL."] : [],
    };
  }

  /** The content type that curl adds, and the bytes; no type: there is no body. */
  #body(): [type: string | undefined, body: Buffer] {
    if (this.#form.length > 0) {
      const { boundary, body } = multipartOf(this.#form);
      return [`multipart/form-data; boundary=${boundary}`, body];
    }
    if (this.#isGet || this.#data.length === 0) return [undefined, Buffer.alloc(0)];
    const body = Buffer.from(this.#data.join(this.#isJson ? '' : '&'), 'latin1');
    return [this.#isJson ? 'application/json' : FORM, body];
  }

  #allHeaders(type: string | undefined): readonly Header[] {
    const defaults = new Map(this.#defaults);
    if (this.#isJson) defaults.set('Accept', 'application/json');
    if (type !== undefined) defaults.set('Content-Type', type);
    const own = new Set([...this.#removed, ...this.#headers.map(([name]) => name.toLowerCase())]);
    // A boundary that is not in the body would make it unreadable.
    if (type?.startsWith('multipart/')) own.delete('content-type');
    const added = [...defaults].filter(([name]) => !own.has(name.toLowerCase()));
    return [...this.#headers.filter(([name]) => !added.some(([other]) => isSame(name, other))), ...added];
  }

  /** `Name: value`; `Name;` has no value; `Name:` removes what curl would add. */
  #addHeader(given: string): void {
    const [, name, separator, value = ''] = /^([^:;]+)([:;])(.*)$/s.exec(given) ?? [];
    if (given.startsWith('@')) throw wrongUsage('Headers are in another file.', 'Write each as -H.');
    if (name === undefined || !/^[\w!#$%&'*+.^`|~-]+$/.test(name.trim())) {
      throw wrongUsage('A header of the command has no name.', "Expected -H 'Name: value'.");
    }
    if (separator === ':' && value.trim() === '') this.#removed.add(name.trim().toLowerCase());
    else this.#headers.push([name.trim(), value.trim()]);
  }

  #content(value: string, without?: RegExp): string {
    if (!value.startsWith('@')) return value;
    const content = this.#read(value.slice(1)).toString('latin1');
    return without === undefined ? content : content.replace(without, '');
  }

  /** `content`, `=content`, `name=content`, `@file`, `name@file`. */
  #urlencoded(value: string): string {
    const [, name = '', mark, content = ''] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? [undefined, '', '=', value];
    const bytes = mark === '@' ? this.#read(content).toString('latin1') : content;
    return (name === '' ? '' : `${name}=`) + percentEncoded(bytes);
  }
}

/** `name=content;type=text/plain`. */
function formField(value: string): [string, string] {
  const [name, content] = splitAt('=', value);
  if (/^[@<]/.test(content))
    throw wrongUsage('A field of the form is in another file.', 'Write its content in the command.');
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(content)?.[1];
  if (quoted !== undefined) return [name, quoted.replace(/\\(["\\])/g, '$1')];
  return [name, content.replace(/;(?:type|filename|encoder|headers)=.*$/s, '')];
}

function splitAt(mark: string, text: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw wrongUsage('A field of the form has no name.', "Expected -F 'name=content'.");
  return [text.slice(0, at), text.slice(at + 1)];
}

function percentEncoded(bytes: string): string {
  return bytes.replace(/[^\w.~-]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

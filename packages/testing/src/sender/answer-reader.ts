/** The most bytes of a status line with its headers. */
const LONGEST_HEAD = 65_536;

/** Reads one answer of HTTP/1 as its bytes come in, and forgets its body. */
export class AnswerReader {
  /** Of the answer, once its head has come. */
  status: number | undefined;
  /** Whether the whole answer has come. */
  isComplete = false;
  /** Whether the connection can be used again. */
  keepsAlive = false;
  #head = '';
  /** Bytes of the body, or of the present chunk, that are to come. */
  #left = 0;
  #body: 'length' | 'chunked' | 'until the end' = 'length';
  /** The line of a chunk that has not come whole. */
  #line = '';
  #isInTrailer = false;

  /** @throws Error `HPE_INVALID` if that is no answer of HTTP/1 */
  take(bytes: Buffer): void {
    let rest = bytes.toString('latin1');
    while (this.status === undefined) {
      const end = this.#addHead(rest);
      if (end === undefined) return;
      rest = end;
    }
    if (this.#body === 'chunked') this.#takeChunks(rest);
    else if (this.#body === 'length') {
      this.#left -= rest.length;
      if (this.#left < 0) throw invalid('more bytes than Content-Length says');
      this.isComplete = this.#left === 0;
    }
  }

  /** The server has closed the connection. */
  end(): void {
    if (this.status !== undefined && this.#body === 'until the end') this.isComplete = true;
  }

  /** What follows the head; `undefined` if that has not come whole. */
  #addHead(bytes: string): string | undefined {
    this.#head += bytes;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#head.length > LONGEST_HEAD) throw invalid('more than 64 kB of headers');
      return undefined;
    }
    const [line = '', ...fields] = this.#head.slice(0, end).split('\r\n');
    const rest = this.#head.slice(end + 4);
    this.#head = '';
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(line) ?? [];
    if (status === undefined) throw invalid('no status line');
    // Such as 100 Continue and 103 Early Hints.
    if (status.startsWith('1') && status !== '101') return rest;
    this.#readFields(Number(status), minor === '1', fields);
    return rest;
  }

  #readFields(status: number, isPersistent: boolean, fields: readonly string[]): void {
    const fieldOf = (name: string): string | undefined => {
      const field = fields.find((text) => text.slice(0, name.length + 1).toLowerCase() === `${name}:`);
      return field
        ?.slice(name.length + 1)
        .trim()
        .toLowerCase();
    };
    const connection = fieldOf('connection');
    const length = fieldOf('content-length');
    if (length !== undefined && !/^\d+$/.test(length)) throw invalid('a Content-Length that is no number');
    this.status = status;
    if (status === 204 || status === 304) this.#left = 0;
    else if (fieldOf('transfer-encoding')?.endsWith('chunked')) this.#body = 'chunked';
    else if (length === undefined) this.#body = 'until the end';
    else this.#left = Number(length);
    this.keepsAlive =
      this.#body !== 'until the end' &&
      status !== 101 &&
      (isPersistent ? connection !== 'close' : connection === 'keep-alive');
  }

  #takeChunks(bytes: string): void {
    let at = 0;
    while (at < bytes.length && !this.isComplete) {
      const skipped = Math.min(this.#left, bytes.length - at);
      this.#left -= skipped;
      at += skipped;
      if (this.#left > 0 || at === bytes.length) return;
      const end = bytes.indexOf('\n', at);
      this.#line += bytes.slice(at, end < 0 ? undefined : end + 1);
      if (this.#line.length > LONGEST_HEAD) throw invalid('a chunk without a size');
      if (end < 0) return;
      at = end + 1;
      this.#endLine(this.#line.trim());
      this.#line = '';
    }
  }

  #endLine(line: string): void {
    if (this.#isInTrailer) {
      this.isComplete = line === '';
      return;
    }
    if (!/^[\da-f]{1,8}(?:;|$)/i.test(line)) throw invalid('a chunk without a size');
    const size = Number.parseInt(line, 16);
    this.#isInTrailer = size === 0;
    // With the line break after it.
    if (size > 0) this.#left = size + 2;
  }
}

function invalid(what: string): Error {
  return Object.assign(new Error(`The answer is not HTTP/1: ${what}.`), { code: 'HPE_INVALID' });
}

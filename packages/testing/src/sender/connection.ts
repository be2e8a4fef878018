import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AnswerReader } from './answer-reader.ts';

/** Where a sender connects to. */
export interface Place {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** Writes the body of a request; by default, all at once with the head. */
export type WriteBody = (write: (bytes: Uint8Array) => void) => Promise<void>;

/** One connection to a server, for one request after the other. Node's own client costs several times as much. */
export class Connection {
  /** Whether it has brought an answer before. */
  isUsed = false;
  /** Whether the next request may use it. */
  isOpen = true;
  readonly #socket: Socket;
  #reader = new AnswerReader();
  #waiting: { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void } | undefined;

  constructor({ isSecure, host, port, timeoutMs }: Place) {
    this.#socket = isSecure
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
      : connectPlain({ host, port, noDelay: true });
    this.#socket
      .setTimeout(timeoutMs, () => this.#fail(failure('ETIMEDOUT')))
      .on('data', (bytes) => this.#take(bytes))
      .on('error', (error) => this.#fail(error))
      .on('close', () => this.#close());
  }

  /** Sends a request, and resolves to the status of its answer. @throws Error of node, such as ECONNREFUSED */
  async exchange(head: string, body: Uint8Array, writeBody?: WriteBody): Promise<number> {
    this.#reader = new AnswerReader();
    const answer = new Promise<number>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    // It may fail before it is waited for.
    answer.catch(() => {});
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    if (writeBody === undefined) this.#socket.write(body);
    this.#socket.uncork();
    await writeBody?.((bytes) => void this.#socket.write(bytes));
    return answer;
  }

  /** Sends the beginning of a request, and breaks the connection. */
  async breakOff(head: string, body: Uint8Array): Promise<void> {
    if (this.#socket.connecting) await once(this.#socket, 'connect');
    await new Promise((resolve) => this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]), resolve));
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.close();
    await closed;
  }

  close(): void {
    this.isOpen = false;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    try {
      // Nothing was asked for: the server says that it closes.
      if (this.#waiting === undefined) {
        this.close();
        return;
      }
      this.#reader.take(bytes);
      if (this.#reader.isComplete) this.#finish();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #finish(): void {
    const { status = 0, keepsAlive } = this.#reader;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.isUsed = true;
    if (!keepsAlive) this.close();
    waiting?.resolve(status);
  }

  #close(): void {
    this.isOpen = false;
    this.#reader.end();
    if (this.#reader.isComplete && this.#waiting !== undefined) this.#finish();
    else this.#fail(failure('ECONNRESET'));
  }

  #fail(error: Error): void {
    this.close();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

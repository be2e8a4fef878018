// A tab that follows the live stream of a board.
import { onTestFinished } from 'vitest';
import type { Subject } from './board-under-test.ts';

interface Message {
  readonly name: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, whose parts each test looks at
  readonly data: any;
}

/** One tab. */
export class Tab {
  readonly messages: Message[] = [];
  isClosed = false;
  readonly #abort = new AbortController();
  readonly #board: Subject['board'];

  constructor({ board }: Pick<Subject, 'board'>) {
    this.#board = board;
    onTestFinished(() => this.leave());
  }

  /** @param clientAddress whose tab it is */
  async open(last?: string, clientAddress?: string): Promise<Response> {
    const headers = last === undefined ? {} : { 'last-event-id': last };
    const request = new Request('http://board.example/api/stream', { headers, signal: this.#abort.signal });
    return this.#board.handle(request, { clientAddress });
  }

  async follow(last?: string, clientAddress?: string): Promise<this> {
    const response = await this.open(last, clientAddress);
    if (response.status !== 200) throw new Error(await response.text());
    void this.#read(response.body as ReadableStream<Uint8Array>);
    return this;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const part of body) {
      text += Buffer.from(part).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() as string;
      for (const block of blocks) {
        const lines = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const [name, id] = [lines.get('event'), lines.get('id')];
        if (name) this.messages.push({ name, ...(id && { id }), data: JSON.parse(lines.get('data') as string) });
      }
    }
    this.isClosed = true;
  }

  named(name: string): readonly Message[] {
    return this.messages.filter((message) => message.name === name);
  }

  get statuses(): readonly string[] {
    return this.named('events').flatMap(({ data }) => data.events.map(({ status }: { status: string }) => status));
  }

  get count(): number {
    return this.statuses.length;
  }

  get place(): string {
    return this.messages.findLast(({ id }) => id !== undefined)?.id as string;
  }

  leave(): void {
    this.#abort.abort();
  }
}

export async function receiveMany(made: Subject, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) await made.receive({ CallSid: `CA${at}`, CallStatus: 'busy' });
}

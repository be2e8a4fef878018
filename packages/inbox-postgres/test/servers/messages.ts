/** Splits one direction of a PostgreSQL connection into its messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0);
  /** Only the first message of a client has no type. */
  #hasType: boolean;

  constructor(from: 'client' | 'server') {
    this.#hasType = from === 'server';
  }

  /** The messages that are complete now. */
  read(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const start = this.#hasType ? 1 : 0;
      if (this.#rest.length < start + 4) return messages;
      const end = start + this.#rest.readUInt32BE(start);
      if (this.#rest.length < end) return messages;
      const bytes = this.#rest.subarray(0, end);
      messages.push(new Message(this.#hasType ? String.fromCharCode(bytes[0] as number) : '', bytes));
      this.#rest = this.#rest.subarray(end);
      this.#hasType = true;
    }
  }
}

export class Message {
  /** Its letter in the protocol; empty for the first of a client. */
  readonly type: string;
  readonly bytes: Buffer;

  constructor(type: string, bytes: Buffer) {
    this.type = type;
    this.bytes = bytes;
  }

  /** The texts in it that end with a zero, from the beginning. */
  get texts(): string[] {
    return this.bytes.subarray(5).toString('latin1').split('\0');
  }
}

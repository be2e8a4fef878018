import { connect, createServer, type Socket } from 'node:net';
import { type Message, Messages } from './messages.ts';

/** A proxy in front of a server that cuts connections in the worst moments. */
export interface CuttingProxy {
  /** The URL of the server, through the proxy. */
  readonly url: string;
  /**
   * Cuts the connection of the next transaction with such a statement: `before` its COMMIT reaches the server, or `after` it was committed and
   * before the answer reaches the client. `lost`: its COMMIT and what follows never reach the server, which learns nothing of it, as if the
   * client's host had lost power. Resolves when that happened.
   *
   * @param except a statement that the transaction must not have
   */
  cut(when: Moment, statement: RegExp, except?: RegExp): Promise<void>;
  /** How often a client has sent something after an answer, so far: each time it waited for the network. */
  turns(): number;
  /** Cuts all connections. */
  drop(): void;
  stop(): Promise<void>;
}

type Moment = 'before' | 'after' | 'lost';

interface Trap {
  readonly when: Moment;
  readonly statement: RegExp;
  readonly except: RegExp | undefined;
  readonly sprung: () => void;
}

/** @param delayMs how long an answer of the server takes to the client */
export async function startProxy(url: string, { delayMs = 0 } = {}): Promise<CuttingProxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  let trap: Trap | undefined;
  let turns = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let isLost = false;
    let isAnswered = false;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        if (!isLost) upstream.destroy();
      });
    }
    const statements = new Statements();
    /** Passes on what comes before the first message that springs the trap, and cuts there. */
    const pass = (messages: Message[], to: Socket, springs: (message: Message) => boolean): void => {
      const at = messages.findIndex(springs);
      const rest = at === -1 ? messages : messages.slice(0, at);
      to.write(Buffer.concat(rest.map(({ bytes }) => bytes)));
      if (at === -1) return;
      isLost = trap?.when === 'lost';
      trap?.sprung();
      trap = undefined;
      if (isLost) {
        client.pause();
        return;
      }
      client.destroy();
      upstream.destroy();
    };
    const requests = new Messages('client');
    client.on('data', (chunk) => {
      if (isAnswered) turns++;
      isAnswered = false;
      pass(requests.read(chunk), upstream, (message) => {
        // In the transaction of a handler, more follows in the same message.
        const isCommit = statements.textOf(message)?.startsWith('COMMIT') === true;
        return isCommit && trap !== undefined && trap.when !== 'after' && statements.areThoseOf(trap);
      });
    });
    const answers = new Messages('server');
    const answer = (chunk: Buffer): void => {
      isAnswered = true;
      pass(answers.read(chunk), client, (message) => {
        const isCommitted = message.type === 'C' && message.texts[0] === 'COMMIT';
        return isCommitted && trap?.when === 'after' && statements.areThoseOf(trap);
      });
    };
    upstream.on('data', (chunk) => {
      if (delayMs === 0) answer(chunk);
      else setTimeout(answer, delayMs, chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as { port: number }).port}`;

  const drop = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: through.href,
    turns: () => turns,
    cut: (when, statement, except) => new Promise((sprung) => (trap = { when, statement, except, sprung })),
    drop,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      drop();
      await closed;
    },
  };
}

/** The statements of one connection since its last BEGIN. */
class Statements {
  readonly #named = new Map<string, string>();
  #seen: string[] = [];

  /** The statement that a message of the client runs, if it runs one. */
  textOf(message: Message): string | undefined {
    const [first = '', second = ''] = message.texts;
    if (message.type === 'P') this.#named.set(first, second);
    const text = { Q: first, B: this.#named.get(second) }[message.type];
    if (text === undefined) return undefined;
    if (text.startsWith('BEGIN')) this.#seen = [];
    this.#seen.push(text);
    return text;
  }

  areThoseOf({ statement, except }: Trap): boolean {
    const has = (searched: RegExp): boolean => this.#seen.some((text) => searched.test(text));
    return has(statement) && (except === undefined || !has(except));
  }
}

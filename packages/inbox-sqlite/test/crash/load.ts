import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How often the server is killed. */
export const KILLS: number = Number(process.env['CRASH_KILLS'] ?? 3);

const CLIENTS = 24;

/** How many events a test needs. */
const ENOUGH = 100;
const STATES = ['queued', 'ringing', 'answered', 'completed'];

/** A server in its own process, which can be killed. */
export class Server {
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  /** `undefined` while the server is down. */
  port: number | undefined;

  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./server.ts', import.meta.url))], {
      env: { ...process.env, NODE_OPTIONS: '', ...this.#environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const gone = once(child, 'exit').then(() => Promise.reject(new Error('The server did not start.')));
    gone.catch(() => {});
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]);
    this.port = Number(line);
  }

  /** Kills it as the kernel does when memory runs out, without a chance to react. */
  async kill(): Promise<void> {
    this.port = undefined;
    const child = this.#child as ChildProcess;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

/** Clients that send the events of calls in order, each until it is acknowledged, as providers do. */
export class Load {
  readonly sent = new Set<string>();
  readonly acknowledged = new Set<string>();
  /** Responses with status 503. */
  refused = 0;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: Promise<void>[];
  #isOver = false;

  constructor(server: Server) {
    this.#server = server;
    this.#clients = Array.from({ length: CLIENTS }, (_, client) => this.#run(client));
  }

  /** Waits until the server acknowledges again: it takes longer to start than to be killed. */
  async isServed(): Promise<void> {
    const before = this.acknowledged.size;
    while (this.acknowledged.size === before) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Waits until enough is acknowledged: on a slow machine, little is between two kills. */
  async isEnough(): Promise<void> {
    while (this.acknowledged.size < ENOUGH) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Lets each client finish its current call. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run(client: number): Promise<void> {
    for (let call = 0; !this.#isOver; call++) {
      for (const state of STATES) {
        await this.#deliver(`call-${client}-${call}`, state);
        if (Math.random() < 0.1) await this.#deliver(`call-${client}-${call}`, state);
      }
    }
  }

  async #deliver(call: string, state: string): Promise<void> {
    const id = `acme:${call}:${state}`;
    this.sent.add(id);
    for (;;) {
      const status = await this.#post(JSON.stringify({ call, state }));
      if (status === 200) break;
      if (status !== undefined) this.refused++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.acknowledged.add(id);
  }

  /** The status of the response, or `undefined` without one. */
  #post(body: string): Promise<number | undefined> {
    const { port } = this.#server;
    if (port === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/', headers, agent: this.#agent });
      call.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', () => resolve(undefined));
      call.end(body);
    });
  }
}

/** A moment in which the server is busy. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 350));
}

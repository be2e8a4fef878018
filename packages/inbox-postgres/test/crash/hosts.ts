import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { HOSTS_OF_A_KIND } from './settings.ts';

type Role = 'web' | 'worker';

/** A host in a process of its own. Each start has another name, since it is another worker. */
class Host {
  readonly role: Role;
  readonly name: string;
  /** Resolves when it is ready. */
  readonly started: Promise<void>;
  /** Where it listens; `undefined` while it does not. */
  port: number | undefined;
  readonly #child: ChildProcess;
  #isOurs = false;

  constructor(role: Role, name: string, environment: Readonly<Record<string, string>>, onDeath: (why: string) => void) {
    this.role = role;
    this.name = name;
    const script = fileURLToPath(new URL('./host.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: { ...process.env, NODE_OPTIONS: '', ...environment, ROLE: role, NAME: name },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('exit', (code, signal) => {
      this.port = undefined;
      if (!this.#isOurs || errors !== '') onDeath(`${name} ended with ${signal ?? code}: ${errors}`);
    });
    const line = once(createInterface(child.stdout), 'line');
    const exit = once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start: ${errors}`)));
    exit.catch(() => {});
    this.started = Promise.race([line, exit]).then(([port]) => {
      this.port = Number(port);
    });
    this.started.catch(() => {});
  }

  /** Kills it as the kernel does when memory runs out, without a chance to react. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  /** Asks it to end. Resolves to its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    this.#isOurs = true;
    this.port = undefined;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = await exit;
    return code;
  }
}

/** Three web hosts and three worker hosts on one database. They are killed in turn. */
export class Hosts {
  /** Hosts that ended by themselves or wrote to stderr, as they do at an unhandled rejection. */
  readonly deaths: string[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #journal: string;
  #hosts: Host[];
  #starts = 0;

  constructor(environment: Readonly<Record<string, string>> & { readonly JOURNAL: string }) {
    this.#environment = environment;
    this.#journal = environment.JOURNAL;
    this.#hosts = Array.from({ length: HOSTS_OF_A_KIND }, () => [this.#start('web'), this.#start('worker')]).flat();
    onTestFinished(async () => {
      await Promise.all(this.#hosts.map((host) => host.kill()));
    });
  }

  /** Where callbacks can be sent now. */
  get ports(): readonly number[] {
    return this.#hosts.flatMap(({ role, port }) => (role === 'web' && port !== undefined ? [port] : []));
  }

  async started(): Promise<void> {
    await Promise.all(this.#hosts.map(({ started }) => started));
  }

  /** Kills the host that has run longest, once it and another of its kind are ready. Its replacement starts at once. */
  async killOne(): Promise<void> {
    const [oldest, ...rest] = this.#hosts;
    if (oldest === undefined) return;
    await Promise.all([
      oldest.started,
      Promise.any(rest.flatMap((host) => (host.role === oldest.role ? host.started : []))),
    ]);
    await oldest.kill();
    appendFileSync(this.#journal, `killed ${oldest.name}\n`);
    this.#hosts = [...rest, this.#start(oldest.role)];
  }

  /** Ends all of them. Resolves to their exit codes. */
  async stop(): Promise<(number | null)[]> {
    await this.started();
    return Promise.all(this.#hosts.map((host) => host.stop()));
  }

  #start(role: Role): Host {
    return new Host(role, `${role}-${++this.#starts}`, this.#environment, (why) => this.deaths.push(why));
  }
}

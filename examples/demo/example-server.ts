import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an example prints of an event. */
export interface PrintedEvent {
  readonly provider: string;
  readonly id: string;
  readonly callId: string;
  readonly status: string;
  readonly transition: string;
  readonly trust: string;
  readonly direction?: string;
  readonly durationSeconds?: number;
}

/** What call-status logs of a refusal. */
export interface LoggedRefusal {
  readonly code: string;
  readonly provider?: string;
}

/** One of the examples, running in a process of its own. */
export class ExampleServer {
  readonly events: PrintedEvent[] = [];
  readonly refusals: LoggedRefusal[] = [];
  origin = '';
  readonly #child: ChildProcess;

  /** Starts `examples/<framework>/server.ts` on a free port. */
  static async start(framework: string, env: Readonly<Record<string, string>>): Promise<ExampleServer> {
    const file = path.resolve(import.meta.dirname, '..', framework, 'server.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: '0' },
    });
    const server = new ExampleServer(child);
    const errors: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      errors.push(line);
      const [logged] = /\{.*\}$/.exec(line) ?? [];
      if (logged !== undefined) server.refusals.push(JSON.parse(logged));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`The ${framework} example did not start.\n${errors.join('\n')}`)));
      createInterface(child.stdout).on('line', (line) => {
        const { listening, event } = JSON.parse(line) as { listening?: { port: number }; event?: PrintedEvent };
        if (event !== undefined) server.events.push(event);
        if (listening === undefined) return;
        server.origin = `http://127.0.0.1:${listening.port}`;
        resolve();
      });
    });
    return server;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Waits until so many events were handled. */
  async handled(count: number): Promise<void> {
    for (let tries = 0; this.events.length < count; tries++) {
      if (tries === 500) throw new Error(`Only ${this.events.length} of ${count} events were handled.`);
      await sleep(20);
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

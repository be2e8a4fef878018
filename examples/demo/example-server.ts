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
  /** From 1. Only the demo's own server prints it. */
  readonly attempt?: number;
}

/** What call-status logs of a refusal. */
export interface LoggedRefusal {
  readonly code: string;
  readonly provider?: string;
}

/** A line of an example's output. */
interface Printed {
  readonly listening?: { readonly port: number };
  readonly event?: PrintedEvent;
  readonly begun?: string;
}

/** One of the examples, running in a process of its own. */
export class ExampleServer {
  /** Events that were handled. */
  readonly events: PrintedEvent[] = [];
  /** The ids of events whose handler has begun. Only the demo's own server prints them. */
  readonly begun: string[] = [];
  readonly refusals: LoggedRefusal[] = [];
  origin = '';
  readonly #child: ChildProcess;

  /** Starts `examples/<framework>/server.ts` on a free port. */
  static async start(framework: string, env: Readonly<Record<string, string>>): Promise<ExampleServer> {
    const file = path.resolve(import.meta.dirname, '..', framework, 'server.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: '0' },
    });
    // No server outlives the demo, even if that fails.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const server = new ExampleServer(child);
    const errors: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      errors.push(line);
      const [logged] = /\{".*\}$/.exec(line) ?? [];
      if (logged !== undefined) server.refusals.push(JSON.parse(logged));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`The ${framework} example did not start.\n${errors.join('\n')}`)));
      createInterface(child.stdout).on('line', (line) => {
        const { listening, event, begun } = JSON.parse(line) as Printed;
        if (event !== undefined) server.events.push(event);
        if (begun !== undefined) server.begun.push(begun);
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

  /** Waits until the server has printed enough. */
  async until(isEnough: (server: this) => boolean): Promise<void> {
    for (let tries = 0; !isEnough(this); tries++) {
      if (tries === 3000) throw new Error(`Gave up waiting; ${this.events.length} events were handled.`);
      await sleep(20);
    }
  }

  /** Stops it, reads all that it has printed, and returns its exit code. */
  async stop(...signals: readonly ('SIGTERM' | 'SIGKILL')[]): Promise<number | null> {
    const closed = once(this.#child, 'close');
    for (const signal of signals) this.#child.kill(signal);
    const [code] = await closed;
    return code;
  }
}

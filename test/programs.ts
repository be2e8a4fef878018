// Programs that tests run: snippets and examples, each in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

/** A program that runs. */
export interface Running {
  /** Everything that it has printed. */
  output(): string;
  isAlive(): boolean;
  /** The first line that contains a text, once it is there. */
  printed(text: string): Promise<string>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) {
    if (child.kill('SIGKILL')) await once(child, 'exit');
  }
});

/** Runs a TypeScript file until the tests of a file have ended. */
export function start(file: string, env: Record<string, string>, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    output: () => output,
    isAlive,
    async printed(text) {
      while (isAlive()) {
        const line = output.split('\n').find((candidate) => candidate.includes(text));
        if (line !== undefined) return line;
        await sleep(50);
      }
      throw new Error(`It did not print ${JSON.stringify(text)}, but:\n${output}`);
    },
    ended: once(child, 'close').then(([code]) => code),
  };
}

/** Asks until a server is there; a test that waits in vain ends by its own timeout. */
export async function untilUp(server: Running, url: string, init: RequestInit): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (!server.isAlive()) throw new Error(`It has ended:\n${server.output()}`, { cause: error });
      await sleep(50);
    }
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

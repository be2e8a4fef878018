import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const CAN_PIN = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Which core: servers and load each have their own, so that neither takes the other's time; any for what has threads. */
export type Core = 'server' | 'load' | 'any';

/** What comes before a command to run it there. */
export function pinTo(core: Core): readonly string[] {
  return CAN_PIN && core !== 'any' ? ['taskset', '-c', core === 'server' ? '0' : '1'] : [];
}

/** A process that answers one message at a time. */
export interface Child {
  ask<Answer>(message: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * Starts one of our files in a process of its own, on one core where that can be arranged. It runs the built packages:
 * the very files that are published.
 */
export function startChild(file: string, core: Core, args: readonly string[] = []): Child {
  const [program = '', ...rest] = [...pinTo(core), process.execPath, ...nodeOptions(core), path(file), ...args];
  const process_ = spawn(program, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return {
    ask: (message) => ask(process_, message, file),
    stop: () => stop(process_),
  };
}

function nodeOptions(core: Core): string[] {
  const profile = process.env['BENCH_PROFILE'];
  const options = ['--import', new URL('published.js', import.meta.url).href];
  return profile === undefined || core === 'load' ? options : [...options, '--cpu-prof', `--cpu-prof-dir=${profile}`];
}

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** How long an answer may take; a run that hangs must end. */
const LONGEST_ANSWER_MS = 600_000;

function ask<Answer>(child: ChildProcess, message: unknown, file: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error(`${file} does not answer.`))), LONGEST_ANSWER_MS);
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      how();
    };
    const onMessage = (answer: { result?: Answer; error?: string }): void =>
      settle(() => {
        if (answer.error === undefined) resolve(answer.result as Answer);
        else reject(new Error(`${file}: ${answer.error}`));
      });
    const onExit = (): void => settle(() => reject(new Error(`${file} ended.`)));
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send(message as object);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}

/** The other side of {@link startChild}: answers each message, and ends when its parent is gone. */
export function answerWith(answer: (message: never) => unknown): void {
  process.on('message', async (message) => {
    try {
      process.send?.({ result: await answer(message as never) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The arguments of node that start the command line; without {@link bundleCommandLine}, from its sources. */
export const PROGRAM: readonly string[] = process.env['CALL_STATUS_TEST_CLI']
  ? [process.env['CALL_STATUS_TEST_CLI']]
  : ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../src/main.ts', import.meta.url))];

/** Whether a program can be run in a pseudo-terminal: by `script` of util-linux. */
export const HAS_TERMINAL: boolean = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout);

/** How to run a command line. */
export interface RunOptions {
  /** Environment variables besides PATH; none of the tests' own are passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default this package */
  readonly cwd?: string;
  /** Standard input of a pipe, which then ends. */
  readonly input?: string;
  /** How wide the terminal is. @default 120 */
  readonly columns?: number;
  /** What a person types, each after a text that has been printed; only in a terminal. */
  readonly typed?: readonly (readonly [after: string | RegExp, keys: string])[];
}

/** What a command line did. */
export interface Result {
  readonly stdout: string;
  /** Empty in a terminal, which shows both as one. */
  readonly stderr: string;
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
}

/** Starts the command line of this package. It is ended after the test. */
export function start(args: readonly string[], options: RunOptions = {}): ReturnType<typeof startProgram> {
  return startProgram(process.execPath, [...PROGRAM, ...args], options);
}

/** Runs the command line to its end, its output being pipes. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = start(args, options);
  child.stdin.end(options.input ?? '');
  return resultOf(child);
}

/** Runs the command line to its end in a pseudo-terminal. Lines end as in a pipe. */
export async function runInTerminal(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const line = [process.execPath, ...PROGRAM, ...args].map(quoted).join(' ');
  // Without a size, each character has a line of its own.
  const child = startProgram(
    'script',
    ['-qec', `stty cols ${options.columns ?? 120} rows 40; ${line}`, '/dev/null'],
    options,
  );
  const typed = [...(options.typed ?? [])];
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += String(chunk);
    const [after, keys] = typed[0] ?? [];
    if (after === undefined || keys === undefined || !isIn(after, seen)) return;
    typed.shift();
    seen = '';
    child.stdin.write(keys);
  });
  const { stdout, ...result } = await resultOf(child);
  child.stdin.end();
  return { ...result, stdout: stdout.replaceAll('\r\n', '\n') };
}

function startProgram(program: string, args: readonly string[], { env, cwd }: RunOptions) {
  const child = spawn(program, args, {
    cwd: cwd ?? fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH: process.env['PATH'], SHELL: '/bin/sh', TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A program that has ended reads nothing.
  child.stdin.on('error', () => {});
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function resultOf(child: ReturnType<typeof startProgram>): Promise<Result> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, exitCode };
}

function isIn(after: string | RegExp, seen: string): boolean {
  return typeof after === 'string' ? seen.includes(after) : after.test(seen);
}

/** As a word of a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

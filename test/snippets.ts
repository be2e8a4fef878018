// The snippets of the documents: written to files, type-checked, and run.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from 'vitest';

export const root: string = path.resolve(import.meta.dirname, '..');

const packages = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/README.md`);
const docs = readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`);

/** Every README and every page of the manual. */
export const documents: readonly string[] = ['README.md', ...packages, ...docs].filter(
  (document) => document.endsWith('.md') && existsSync(path.join(root, document)),
);

/** A snippet in a file of its own. */
export interface Snippet {
  readonly file: string;
  readonly code: string;
}

/** The blocks of a document in a language. */
export function blocks(document: string, language: string): readonly string[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
}

/** Makes a folder for snippets, with the compiler options of one. */
export function snippetFolder(name: string): string {
  const folder = path.join(import.meta.dirname, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const compilerOptions = {
    noEmit: true,
    skipLibCheck: true,
    noPropertyAccessFromIndexSignature: false,
    noUnusedLocals: false,
  };
  const tsconfig = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return folder;
}

/** Writes the snippets of a document to files. */
export function writeSnippets(folder: string, document: string): readonly Snippet[] {
  return blocks(document, 'ts').map((code, index) => {
    const file = path.join(folder, `${document.replace(/\W+/g, '-')}-${index + 1}.ts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return { file, code };
  });
}

/** A program that runs. */
export interface Running {
  /** Everything that it has printed. */
  output(): string;
  isAlive(): boolean;
  /** The first line with a text, once it is there. */
  printed(text: string): Promise<string>;
}

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.kill('SIGKILL')) await once(child, 'exit');
  }
});

/** Runs a TypeScript file until the test ends. */
export function start(file: string, env: Record<string, string>): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', file], { env: { ...process.env, ...env }, stdio: 'pipe' });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  const isAlive = () => child.exitCode === null && child.signalCode === null;
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

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

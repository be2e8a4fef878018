/**
 * docs/cli.md shows what the command line prints. Each section has a folder, a server at port 3000 with all built-in providers, the inbox of
 * that server in `calls.db`, and the secrets in the environment. A block whose language is followed by a name is a file of the folder.
 *
 * Each `console` block is run. In its output, times, ids and ports stand for any, runs of spaces for two, `…` for anything, and a line of
 * only `…` for any lines. `^C` at its end ends a command that has printed the rest.
 *
 * The section on `reconcile` has three calls in its inbox that are silent, and the APIs of their providers on this machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inbox } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { API_CREDENTIALS, startApis } from './reconcile/asked-api.ts';
import { CALL, OTHER, RECORDS, SID, silent } from './reconcile/silent-calls.ts';
import { PROGRAM, quoted } from './run.ts';
import { PROOFS, startServer, temporaryFolder } from './servers.ts';

const PAGE = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

interface Block {
  readonly language: string;
  /** The file that it is. */
  readonly name: string;
  readonly text: string;
}

const sections = PAGE.split(/^## /m).map((text) => ({
  title: text.split('\n')[0] ?? '',
  blocks: [...text.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
    ([, language = '', name = '', content = '']): Block => ({ language, name, text: content }),
  ),
}));
const shown = sections.filter(({ blocks }) => blocks.some(({ language }) => language === 'console'));

describe.runIf(process.platform !== 'win32')('docs/cli.md', () => {
  for (const { title, blocks } of shown) {
    const commands = blocks.filter(({ language }) => language === 'console').flatMap(({ text }) => commandsIn(text));
    it(`prints what it shows: ${title}`, async () => {
      const folder = temporaryFolder();
      const inbox = sqliteInbox({ path: join(folder, 'calls.db'), create: true });
      const { origin } = await startServer('express', { inbox });
      const env = title === 'reconcile' ? await silentCallsIn(inbox) : {};
      const program = `#!/bin/sh\nshift\nexec ${[process.execPath, ...PROGRAM].map(quoted).join(' ')} "$@"\n`;
      writeFileSync(join(folder, 'npx'), program, { mode: 0o755 });
      for (const { name, text } of blocks) if (name !== '') writeFileSync(join(folder, name), text);
      for (const [command, output] of commands) {
        const run = command.replaceAll(/(127\.0\.0\.1|localhost):3000/g, new URL(origin).host);
        const isEnded = output.endsWith('^C\n');
        const expected = patternOf(isEnded ? output.slice(0, -'^C\n'.length) : output);
        const printed = await outputOf(run, folder, env, isEnded ? expected : undefined);
        expect(printed, command).toMatch(expected);
      }
    });
  }

  it('shows commands, each with what it prints', () => {
    expect(shown.flatMap(({ blocks }) => blocks).length).toBeGreaterThanOrEqual(5);
  });
});

/** @returns the environment with the credentials for the APIs, but for those of Plivo */
async function silentCallsIn(inbox: Inbox): Promise<Readonly<Record<string, string>>> {
  await silent(inbox, CALL);
  await silent(inbox, SID, 'exotel', 30);
  await silent(inbox, OTHER, 'plivo', 3);
  return { ...API_CREDENTIALS, ...(await startApis(RECORDS)).env };
}

/** Commands, and what they print. A command goes on after `\` at the end of its line. */
function commandsIn(text: string): [command: string, output: string][] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = ''] = /^((?:[^\n]*\\\n)*[^\n]*)\n(.*)$/s.exec(part) ?? [];
      return [command, output];
    });
}

/** What a command prints to both outputs, in its order. @param until ends the command when it has printed this */
async function outputOf(command: string, cwd: string, more: object, until: RegExp | undefined): Promise<string> {
  const env = { ...PROOFS, ...more, PATH: `${cwd}:${process.env['PATH']}`, TERM: 'dumb' };
  const child = spawn('sh', ['-c', `exec 2>&1; ${command}`], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-Number(child.pid), signal);
  };
  onTestFinished(() => end('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (until?.test(plain(printed))) end('SIGINT');
  });
  await once(child, 'close');
  return plain(printed);
}

function patternOf(output: string): RegExp {
  const lines = plain(output).trimEnd().split('\n');
  const source = lines.map((line) =>
    line.trim() === '…' ? '(?:.*\n)*' : `${line.split('…').map(escaped).join('.*')}\n`,
  );
  return new RegExp(`^${source.join('')}$`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** With one text for all times, ids and ports, and no columns. */
function plain(text: string): string {
  return `${text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b\d+(?:\.\d+)? (?:ms|s|min|h|d)\b/g, '<span>')
    .replace(/\bnow\b/g, '<span> ago')
    .replace(/\b[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|(?=…))/g, '<id>')
    .replace(/(localhost|127\.0\.0\.1):\d+/g, '<host>')
    .replace(/ {2,}/g, '  ')
    .replace(/ +$/gm, '')
    .trimEnd()}\n`;
}

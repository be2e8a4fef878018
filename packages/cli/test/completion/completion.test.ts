import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { temporaryFolder } from '../servers.ts';

const execute = promisify(execFile);

function hasShell(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0;
}

const CASES: readonly (readonly [typed: string, choices: readonly string[]])[] = [
  ['t', ['trigger', 'tail']],
  ['inbox di', ['discard']],
  ['--quiet inbox s', ['show', 'stats']],
  ['init --fr', ['--framework']],
  ['init --framework ', ['express', 'koa', 'fastify']],
  ['init my-calls --inbox s', ['sqlite']],
  ['inbox ls --state l', ['live']],
  ['inbox ls --no-c', ['--no-color']],
  ['completion z', ['zsh']],
  ['replay --db ', []],
];

it.runIf(hasShell('bash'))('completes in bash', async () => {
  const file = join(temporaryFolder(), 'completion.bash');
  writeFileSync(file, (await run(['completion', 'bash'])).stdout);
  for (const [typed, choices] of CASES) {
    const words = ['call-status', ...typed.split(' ')].map((word) => `'${word}'`);
    const variables = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}`;
    const line = `source '${file}'; ${variables}; _call_status; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p call-status >&2`;
    const { stdout, stderr } = await execute('bash', ['--norc', '-c', line]);
    expect(stdout.trim().split('\n').filter(Boolean), typed).toEqual(choices);
    expect(stderr).toBe('complete -o default -F _call_status call-status\n');
  }
});

describe.runIf(hasShell('fish'))('fish', () => {
  it.each(CASES.filter(([, choices]) => choices.length > 0))('completes call-status %s', async (typed, choices) => {
    const { stdout: script } = await run(['completion', 'fish']);
    const { stdout } = await execute('fish', ['-N', '-c', `${script}\ncomplete -C 'call-status ${typed}'`]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ).toEqual(expect.arrayContaining([...choices]));
  });
});

describe.runIf(hasShell('zsh'))('zsh', () => {
  it('reads the script', async () => {
    const { stdout: script } = await run(['completion', 'zsh']);
    await execute('zsh', ['-f', '-c', `autoload -U compinit; compinit -D\n${script}\nwhence _call_status`]);
  });

  it.each(CASES)('completes call-status %s', async (typed, choices) => {
    const { stdout: script } = await run(['completion', 'zsh']);
    const words = ['call-status', ...typed.split(' ')].map((word) => `'${word}'`);
    // Stands for the part of zsh that shows the choices: it prints those that begin with the current word.
    const shows =
      'compadd() { local -a all; while [[ $1 != -- && $# -gt 0 ]]; do shift; done; shift; print -l -- "$@" }; _files() { : }';
    const line = `autoload -U compinit; compinit -D\n${script}\n${shows}\nwords=(${words.join(' ')}); CURRENT=${words.length}; PREFIX="\${words[-1]}"; _call_status`;
    const { stdout } = await execute('zsh', ['-f', '-c', line]);
    const shown = stdout.split('\n').filter((word) => word !== '' && word.startsWith(typed.split(' ').at(-1) ?? ''));
    expect(shown).toEqual(choices);
  });
});

it.each(['zsh', 'fish'])('prints a script for %s with every command and flag', async (shell) => {
  const { stdout, exitCode } = await run(['completion', shell]);
  expect(exitCode).toBe(0);
  for (const word of ['trigger', 'inbox', 'discard', 'framework', 'fastify']) expect(stdout).toContain(word);
});

it('knows three shells', async () => {
  const { stderr, exitCode } = await run(['completion', 'tcsh']);
  expect([exitCode, stderr]).toEqual([2, 'call-status: "tcsh" is not a shell. It is bash, zsh or fish.\n']);
});

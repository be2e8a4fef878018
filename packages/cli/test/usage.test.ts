// Help, and command lines that are wrong, as a person meets them.
import { describe, expect, it } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal } from './run.ts';

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('of all commands: %j', async (args) => {
    const { stdout, stderr, exitCode } = await run(args);
    expect(stdout).toMatch(
      /^Send, simulate, explain .*\n\nUsage {2}call-status COMMAND \[flags\]\n\nCommands\n {2}trigger /,
    );
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it.each([
    [['trigger', '--help']],
    [['--help', 'trigger']],
    [['help', 'trigger']],
    [['trigger', 'what', '--lst', '-h']],
  ])('of a command: %j', async (args) => {
    const { stdout, stderr, exitCode } = await run(args);
    expect(stdout).toMatch(/Usage {2}call-status trigger \[EVENT\] \[flags\].*Examples\n {2}call-status trigger /s);
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('has no colors in a pipe, unless they are forced', async () => {
    expect((await run(['--help'])).stdout).not.toContain('\x1b[');
    expect((await run(['--help'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\x1b[1mCommands\x1b[22m');
  });

  it.runIf(HAS_TERMINAL)('has colors in a terminal, unless NO_COLOR is set', async () => {
    const { stdout, exitCode } = await runInTerminal(['--help']);
    expect([stdout.includes('\x1b[1mCommands\x1b[22m'), exitCode]).toEqual([true, 0]);
    expect((await runInTerminal(['--help'], { env: { NO_COLOR: '1' } })).stdout).not.toContain('\x1b[');
  });
});

it.each([[['--version']], [['-v']]])('%j prints the version', async (args) => {
  expect(await run(args)).toEqual({ stdout: '0.0.0\n', stderr: '', exitCode: 0 });
});

it.each<[args: string[], message: string]>([
  [['triger'], 'There is no command "triger". Did you mean trigger?'],
  [['dance'], 'There is no command "dance". call-status --help lists the commands.'],
  [['--jsn'], 'There is no flag --jsn. Did you mean --json?'],
  [['trigger', '--lst'], 'There is no flag --lst. Did you mean --list?'],
  [['trigger', '--no-colr'], 'There is no flag --no-colr. Did you mean --no-color?'],
  [['trigger', '-x'], 'There is no flag -x. call-status trigger --help shows what there is.'],
  [['trigger', '--to'], '--to needs a value.'],
  [['trigger', '--to', '--json'], '--to needs a value.'],
  [['trigger', '--json=yes'], '--json takes no value.'],
  [['trigger', '--to', 'a', '--to=b'], '--to is there twice. call-status trigger --help shows what there is.'],
  [['trigger', 'a.b', 'c'], '"c" is one word too many. call-status trigger --help shows what there is.'],
  [['inbox', 'ls', 'x.db', '--status', 'bussy'], '--status is not "bussy". Did you mean busy?'],
  [['tail', 'x.db', '--status', 'busy', '--status', 'bussy'], '--status is not "bussy". Did you mean busy?'],
  [['inbox', 'ls', 'src'], 'src is a folder. Give the file of the inbox.'],
  [['inbox', 'check', 'src'], 'src is a folder. Give the file of the inbox.'],
  [['inbox', 'ls', 'x.db', '--sip', 'busy'], '--sip is not "busy". It is a SIP response code, such as 486.'],
  [
    ['inbox', 'ls', 'x.db', '--since', '200000000d'],
    '--since is not "200000000d". It is a time such as 2026-03-02T09:00:00Z, or how long ago: 10m, 1h, 7d.',
  ],
])('%j is wrong usage', async (args, message) => {
  expect(await run(args)).toEqual({ stdout: '', stderr: `call-status: ${message}\n`, exitCode: 2 });
});

it('a file of environment variables that does not exist is not found', async () => {
  const stderr = 'call-status: --env missing.env does not exist.\n';
  expect(await run(['trigger', '--list', '--env', 'missing.env'])).toEqual({ stdout: '', stderr, exitCode: 4 });
});

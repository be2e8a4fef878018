import { spawnSync } from 'node:child_process';
import { expect, it, onTestFinished, vi } from 'vitest';
import { consoleLogger, consoleLoggerWith, DefaultLogger, writesDebug } from './log.ts';

it('writes to the console, one line each, and no debug lines', () => {
  const lines: unknown[][] = [];
  for (const method of ['log', 'debug', 'info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...line) => void lines.push([method, ...line]));
    onTestFinished(() => spy.mockRestore());
  }
  consoleLoggerWith(true).debug?.({ a: 0 }, 'zero');
  consoleLogger.info?.({ a: 1 }, 'one');
  consoleLogger.warn({ a: 2 }, 'two');
  consoleLogger.error({ a: '\u0085\u202e' }, 'th\u009bree');
  expect(lines).toEqual([
    ['debug', 'call-status: zero {"a":0}'],
    ['info', 'call-status: one {"a":1}'],
    ['warn', 'call-status: two {"a":2}'],
    ['error', 'call-status: th\\u{9b}ree {"a":"\\u{85}\\u{202e}"}'],
  ]);
  expect(consoleLogger.debug).toBeUndefined();
});

it('writes debug lines where NODE_DEBUG asks for them', () => {
  const file = new URL('log.ts', import.meta.url).href;
  const script = `const { consoleLogger } = await import('${file}'); consoleLogger.debug?.({ a: 1 }, 'why');`;
  const run = (NODE_DEBUG: string) =>
    spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE_DEBUG },
    }).stdout;
  expect(run('call-status')).toBe('call-status: why {"a":1}\n');
  expect(run('')).toBe('');
});

it('writes to the first logger that is offered, and until then to the console', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const log = new DefaultLogger();
  log.warn({ a: 1 }, 'one');
  expect(warn).toHaveBeenCalledOnce();
  expect(writesDebug(log)).toBe(false);

  const lines: string[] = [];
  const write = (level: string) => (_details: object, message: string) => void lines.push(`${level} ${message}`);
  const offered = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  log.offer(offered);
  log.offer({ warn: write('other'), error: write('other') });
  expect([writesDebug(log), log.isLevelEnabled('info')]).toEqual([true, true]);
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({}, 'line');
  expect(lines).toEqual(['debug line', 'info line', 'warn line', 'error line']);

  const small = new DefaultLogger();
  small.offer({ warn() {}, error() {} });
  small.debug({}, 'dropped');
  small.info({}, 'dropped');
  expect(writesDebug(small)).toBe(false);
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { Reporter } from '../request/reporter.ts';
import { BoundedLog } from './bounded-log.ts';

function lines() {
  const written: string[] = [];
  const write = (level: string) => (details: object, message: string) =>
    void written.push(`${level} ${JSON.stringify(details)} ${message}`);
  return { written, log: { debug: write('debug'), warn: write('warn'), error: write('error') } };
}

afterEach(() => void vi.useRealTimers());

it('writes ten lines of a kind, and how many more there were', () => {
  const { written, log } = lines();
  const bounded = new BoundedLog(log);
  for (let line = 0; line < 12; line++) bounded.write('warn', 'many', { kind: 'many' }, { line }, 'One.');
  bounded.write('error', 'few', { kind: 'few' }, { line: 0 }, 'Two.');
  expect(written).toHaveLength(11);
  bounded.flush();
  expect(written.slice(10)).toEqual([
    'error {"line":0} Two.',
    'warn {"kind":"many","more":2} many: 2 more within a minute.',
  ]);
  bounded.flush();
  bounded.write('warn', 'many', { kind: 'many' }, { line: 13 }, 'One.');
  expect(written.slice(12)).toEqual(['warn {"line":13} One.']);
  bounded.flush();
});

it('says at the end of the minute how many there were, in the context in which it was made', async () => {
  const context = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  vi.useFakeTimers();
  vi.resetModules();
  const fresh = await import('./bounded-log.ts');
  const log = { warn: () => void contexts.push(context.getStore()), error() {} };
  const bounded = context.run('receiver', () => new fresh.BoundedLog(log));
  context.run('request', () => {
    for (let line = 0; line < 11; line++) bounded.write('warn', 'many', {}, {}, 'One.');
  });
  expect(contexts).toHaveLength(10);
  vi.advanceTimersByTime(60_000);
  expect(contexts.slice(10)).toEqual(['receiver']);
});

it('bounds the number of kinds', () => {
  const { written, log } = lines();
  const bounded = new BoundedLog(log);
  for (let kind = 0; kind < 1000; kind++) bounded.write('debug', 'kind', { kind }, {}, 'One.');
  expect(written).toHaveLength(210);
  bounded.flush();
  expect(written.slice(210)).toEqual(['debug {"kind":200,"more":790} kind: 790 more within a minute.']);
});

it('survives a logger that throws', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const bounded = new BoundedLog({ warn: broken, error: broken });
  expect(() => bounded.write('warn', 'x', {}, {}, 'One.')).not.toThrow();
  bounded.flush();
});

it('makes of a flood of forged requests ten lines and a count, by provider; error handlers are called for each', async () => {
  const { written, log } = lines();
  const onError = vi.fn();
  const calls = createCallStatus({ providers: [mycpaas({ token: 'right' })], log, onError });
  for (let number = 0; number < 200; number++) {
    const receipt = await calls.receive({
      method: 'POST',
      url: '/?token=wrong',
      origin: 'https://example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(`CallSid=CA${number}&CallStatus=completed`),
    });
    expect(receipt?.status).toBe(403);
  }
  await calls.close();
  expect(onError).toHaveBeenCalledTimes(200);
  expect(written).toHaveLength(11);
  expect(written[10]).toBe(
    'warn {"code":"token_mismatch","provider":"mycpaas","more":190} token_mismatch: 190 more within a minute.',
  );
});

it('calls error handlers in the context in which it was made', async () => {
  const context = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  const onError = () => void contexts.push(context.getStore());
  const reporter = context.run('receiver', () => new Reporter(lines().log, () => [onError]));
  context.run('request', () => reporter.report(new CallStatusError('unexpected')));
  expect(contexts).toEqual(['receiver']);
  reporter.flush();
});

it('escapes what a cause may bring, and keeps its lines', () => {
  const { written, log } = lines();
  const reporter = new Reporter(log, () => []);
  const cause = Object.assign(new Error('x'), { stack: 'Error: \u0085\u202e\u2028\n    at here' });
  reporter.report(new CallStatusError('unexpected', {}, { cause }));
  expect(written[0]).toContain(String.raw`Error: \\u{85}\\u{202e}\\u{2028}\n    at here`);
  reporter.flush();
});

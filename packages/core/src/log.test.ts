import { expect, it, onTestFinished, vi } from 'vitest';
import { consoleLogger } from './log.ts';

it('writes warnings and errors to the console, one line each, and nothing else', () => {
  const lines: unknown[][] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...line) => void lines.push([method, ...line]));
    onTestFinished(() => spy.mockRestore());
  }
  consoleLogger.info({ a: 1 }, 'one');
  consoleLogger.warn({ a: 2 }, 'two');
  consoleLogger.error({ a: 3 }, 'three');
  expect(lines).toEqual([
    ['warn', 'call-status: two', '{"a":2}'],
    ['error', 'call-status: three', '{"a":3}'],
  ]);
});

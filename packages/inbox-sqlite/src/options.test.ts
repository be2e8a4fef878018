import { describe, expect, it } from 'vitest';
import { resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveOptions({ path: 'calls.db' })).toEqual({
      path: 'calls.db',
      retainFor: 2_592_000_000,
      busyTimeoutMs: 5000,
      pollMs: 250,
      sweepMs: 60_000,
      groupCommit: true,
      clock: Date.now,
    });
  });

  it('refuses what makes no sense, all of it at once', () => {
    const options = { path: '', retainFor: -1, busyTimeoutMs: Number.NaN, pollMs: 0 };
    expect(() => resolveOptions({ ...options, sweepMs: -1 })).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        details: {
          issues: [
            'path: expected a file name.',
            'retainFor: expected milliseconds, 0 or more.',
            'busyTimeoutMs: expected milliseconds, 0 or more.',
            'pollMs: expected milliseconds, more than 0.',
            'sweepMs: expected milliseconds, more than 0.',
          ],
        },
      }),
    );
    expect(() => resolveOptions({} as never)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  });
});

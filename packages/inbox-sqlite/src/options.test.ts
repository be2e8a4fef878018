import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from './options.ts';
import { sqliteInbox } from './sqlite-inbox.ts';

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveOptions({ path: 'calls.db' })).toEqual({
      path: join(process.cwd(), 'calls.db'),
      isRelative: true,
      create: false,
      readOnly: false,
      retentionMs: undefined,
      busyTimeoutMs: 3000,
      pollMs: 250,
      sweepMs: 60_000,
      groupCommit: true,
      times: expect.any(Function),
    });
    expect(resolveOptions({ path: '/data/calls.db' })).toMatchObject({ path: '/data/calls.db', isRelative: false });
  });

  it('waits for a lock for less time than SignalWire waits for a response', () => {
    expect(resolveOptions({ path: 'calls.db' }).busyTimeoutMs).toBeLessThan(4000);
  });

  it('reports all invalid values at once', () => {
    const options = { path: '', retentionMs: -1, busyTimeoutMs: Number.NaN, pollMs: 0 };
    expect(() => resolveOptions({ ...options, sweepMs: -1 })).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        details: {
          issues: [
            '`path`: expected the name of a file, got an empty text. Is its environment variable set?',
            '`retentionMs`: expected milliseconds, more than 0, got -1.',
            '`busyTimeoutMs`: expected milliseconds, 0 to 2000000000, got NaN.',
            '`pollMs`: expected milliseconds, 1 to 2000000000, got 0.',
            '`sweepMs`: expected milliseconds, 1 to 2000000000, got -1.',
          ],
        },
      }),
    );
    expect(() => resolveOptions({ path: undefined as never })).toThrow(
      '`path`: expected the name of a file, got undefined. Is its environment variable set?',
    );
    expect(() => resolveOptions({} as never)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  });

  it.each([
    ['path', [undefined, null, 7, new URL('file:///calls.db')]],
    ['retentionMs', [0, Number.NaN, '10', null]],
    ['busyTimeoutMs', ['10', null, 2 ** 31, Number.POSITIVE_INFINITY]],
    ['pollMs', [Number.NaN, '10', null, 0.5, 2 ** 31, Number.POSITIVE_INFINITY]],
    ['sweepMs', [0, Number.NaN, '10', null, 2 ** 31, Number.POSITIVE_INFINITY]],
    ['groupCommit', [1, 'false', null]],
    ['create', [1, 'false', null]],
    ['clock', [0, null, new Date()]],
  ])('rejects an invalid %s', (name, values) => {
    for (const value of values) {
      expect(() => resolveOptions({ path: 'calls.db', [name]: value }), String(value)).toThrow(
        expect.objectContaining({
          code: 'invalid_options',
          details: { issues: [expect.stringMatching(new RegExp(`^\`${name}\`(:| is missing:) expected `))] },
        }),
      );
    }
  });

  it('accepts the limits of each range', () => {
    const ends = { retentionMs: Number.POSITIVE_INFINITY, busyTimeoutMs: 0, pollMs: 1, sweepMs: 2_000_000_000 };
    expect(resolveOptions({ path: 'calls.db', ...ends })).toMatchObject(ends);
  });

  it.each([
    ['retentionms', 'did you mean `retentionMs`? Known'],
    ['maxCalls', 'known'],
    ['toString', 'known'],
  ])('rejects the unknown option %s', (name, advice) => {
    expect(() => resolveOptions({ path: 'calls.db', [name]: 10 })).toThrow(
      `\`${name}\` is no option; ${advice}: path, create, readOnly, retentionMs, busyTimeoutMs, pollMs, sweepMs, groupCommit, clock.`,
    );
  });

  it.each([
    ['file', 'path'],
    ['ttl', 'retentionMs'],
    ['busy_timeout', 'busyTimeoutMs'],
  ])('suggests %s -> %s', (name, ours) => {
    expect(() => resolveOptions({ path: 'calls.db', [name]: 10 })).toThrow(
      `Invalid options: \`${name}\` is no option; here it is \`${ours}\`.`,
    );
  });

  it.each([[undefined], ['calls.db'], [null]])('rejects %o, and says what it expected', (options) => {
    expect(() => sqliteInbox(options as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        message: expect.stringContaining('sqliteInbox(): expected an object of path, create, readOnly, retentionMs, '),
      }),
    );
  });
});

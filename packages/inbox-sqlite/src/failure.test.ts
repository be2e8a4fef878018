import { CallStatusError } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { toInboxError } from './failure.ts';

describe('toInboxError', () => {
  it.each([
    [5, 'inbox_locked'],
    [261, 'inbox_locked'], // BUSY_RECOVERY
    [8, 'inbox_unwritable'],
    [14, 'inbox_unwritable'],
    [11, 'inbox_corrupted'],
    [267, 'inbox_corrupted'], // CORRUPT_VTAB
    [26, 'inbox_corrupted'],
    [13, 'inbox_full'],
    [4874, 'inbox_full'], // IOERR_SHMSIZE
    [10, 'inbox_unavailable'], // IOERR
    [1, 'inbox_unavailable'],
  ])('names SQLite error %i %s', (errcode, code) => {
    const cause = Object.assign(new Error('from SQLite'), { errcode });
    expect(toInboxError(cause)).toMatchObject({ code, status: 503, cause });
  });

  it('leaves our own errors alone, and wraps the rest', () => {
    const own = new CallStatusError('closed');
    expect(toInboxError(own)).toBe(own);
    const cause = new TypeError('boom');
    expect(toInboxError(cause)).toMatchObject({ code: 'inbox_unavailable', cause });
  });
});

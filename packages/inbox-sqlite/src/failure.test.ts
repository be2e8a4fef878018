import { constants } from 'node:os';
import { CallStatusError } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { toInboxError } from './failure.ts';

const PATH = '/data/calls.db';

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
    expect(toInboxError(cause, PATH)).toMatchObject({ code, status: 503, cause, details: { path: PATH } });
  });

  it.each([
    ['a file size limit', { systemErrno: constants.errno.EFBIG }, 'inbox_full', /limit or the quota .* is reached/],
    ['a quota', { systemErrno: constants.errno.EDQUOT }, 'inbox_full', /limit or the quota .* is reached/],
    ['a broken disk', { systemErrno: constants.errno.EIO }, 'inbox_unavailable', /look for a file size limit/],
    ['an engine that does not tell', {}, 'inbox_unavailable', /look for a file size limit/],
  ])('tells of %s when a write fails', (_, told, code, message) => {
    const cause = Object.assign(new Error('disk I/O error'), { errcode: 778, ...told });
    expect(toInboxError(cause, PATH)).toMatchObject({ code, message: expect.stringMatching(message), cause });
  });

  it('leaves our own errors alone, and wraps the rest', () => {
    const own = new CallStatusError('closed');
    expect(toInboxError(own, PATH)).toBe(own);
    const cause = new TypeError('boom');
    expect(toInboxError(cause, PATH)).toMatchObject({ code: 'inbox_unavailable', cause });
  });
});

import fs from 'node:fs';
import { constants } from 'node:os';
import { CallStatusError } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toInboxError } from './errors.ts';

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
    ['a broken disk', { systemErrno: constants.errno.EIO }, 'inbox_unavailable', /check for a file size limit/],
    ['an engine that does not report the system error', {}, 'inbox_unavailable', /check for a file size limit/],
  ])('reports %s when a write fails', (_, more, code, message) => {
    const cause = Object.assign(new Error('disk I/O error'), { errcode: 778, ...more });
    expect(toInboxError(cause, PATH)).toMatchObject({ code, message: expect.stringMatching(message), cause });
  });

  it('returns errors of this library unchanged, and wraps all others', () => {
    const own = new CallStatusError('closed');
    expect(toInboxError(own, PATH)).toBe(own);
    const cause = new TypeError('boom');
    expect(toInboxError(cause, PATH)).toMatchObject({ code: 'inbox_unavailable', cause });
  });

  it.each([
    ['database disk image is malformed', 'inbox_corrupted'],
    ['file is not a database', 'inbox_corrupted'],
    ['database is locked', 'inbox_locked'],
    ['database table is locked: calls', 'inbox_locked'],
    ['attempt to write a readonly database', 'inbox_unwritable'],
    ['Failed to open database: unable to open database file', 'inbox_unwritable'],
    ['access permission denied', 'inbox_unwritable'],
    ['database or disk is full', 'inbox_full'],
    ['disk I/O error', 'inbox_unavailable'],
    ['no such table: calls', 'inbox_unavailable'],
  ])('recognizes errors without a result code by their text: %s', (text, code) => {
    const cause = Object.assign(new Error(text), { code: 'ERR_SQLITE_ERROR' });
    expect(toInboxError(cause, PATH).code).toBe(code);
  });

  it('does not mistake the text of another error for one of SQLite', () => {
    expect(toInboxError(new Error('database is locked'), PATH).code).toBe('inbox_unavailable');
  });

  it('names the system error, from SQLite or from Node', () => {
    const opened = (more: object) => toInboxError(Object.assign(new Error('unable to open'), more), PATH);
    expect(opened({ errcode: 14, systemErrno: constants.errno.EACCES }).message).toContain(
      'The system reported EACCES: this user may not open or write the file.',
    );
    expect(opened({ errcode: 14, systemErrno: constants.errno.ENOTDIR }).message).toContain(
      'The system reported ENOTDIR: a folder of the path is a file.',
    );
    expect(opened({ syscall: 'open', code: 'ENOENT' })).toMatchObject({
      code: 'inbox_unwritable',
      message: expect.stringContaining('The system reported ENOENT: the folder does not exist.'),
    });
    expect(opened({ syscall: 'open', code: 'EIO' }).message).toContain('The system reported EIO.');
    const crowded = {
      code: 'inbox_unwritable',
      message: expect.stringMatching(/Too many files are open \(EMFILE\): raise/),
    };
    expect(opened({ errcode: 14, systemErrno: constants.errno.EMFILE })).toMatchObject(crowded);
    expect(opened({ errcode: 14 }).message).not.toContain('Too many');
    const open = vi.spyOn(fs, 'openSync');
    onTestFinished(() => open.mockRestore());
    for (const code of ['EMFILE', 'EACCES', undefined]) {
      open.mockImplementation(() => {
        throw Object.assign(new Error('open'), { code });
      });
      expect(opened({ errcode: 14 }).message.includes('Too many')).toBe(code === 'EMFILE');
    }
  });
});

import { expect, it } from 'vitest';
import { CallStatusError, ERRORS, type ErrorCode, isCallStatusError, unexpected } from './errors.ts';

const CODES = Object.entries(ERRORS) as [ErrorCode, (typeof ERRORS)[ErrorCode]][];

it.each(CODES)('%s says what happened and what to do', (code, { message, fix, severity }) => {
  const cause = new Error('cause');
  const error = new CallStatusError(code, {}, { cause });
  expect(error).toMatchObject({ name: 'CallStatusError', code, severity, cause, message: `${message} ${fix}` });
  for (const sentence of [message, fix]) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

it('wakes someone up only for what stops callbacks or loses events', () => {
  const pages = CODES.filter(([, { severity }]) => severity === 'page').map(([code]) => code);
  expect(pages.sort()).toEqual([
    'events_lost',
    'inbox_corrupted',
    'inbox_denied',
    'inbox_full',
    'inbox_locked',
    'inbox_missing',
    'inbox_replaced',
    'inbox_unavailable',
    'inbox_unsupported',
    'inbox_unwritable',
    'invalid_options',
    'missing_secret',
    'no_worker',
    'secret_unavailable',
    'unexpected',
  ]);
});

it('never wakes anyone up for what a client can send', () => {
  const clients = CODES.filter(([, row]) => 'status' in row && row.status < 500);
  expect(clients.length).toBeGreaterThan(10);
  expect(new Set(clients.map(([, { severity }]) => severity))).toEqual(new Set(['info']));
});

it('says to what it happened, and gives exact advice in place of the general one', () => {
  const details = { path: '/data/calls.db', reason: 'EACCES: permission denied.', issues: ['One.', 'Two.'] };
  const { message, fix } = ERRORS.inbox_unwritable;
  const what = `${message} File: /data/calls.db. EACCES: permission denied. One. Two.`;
  expect(new CallStatusError('inbox_unwritable', details).message).toBe(`${what} ${fix}`);
  expect(new CallStatusError('inbox_unwritable', { ...details, hint: 'Ask root.' }).message).toBe(`${what} Ask root.`);
});

it('says of options what is wrong with them first', () => {
  const { message } = new CallStatusError('invalid_options', { issues: ['One.', 'Two.'] });
  expect(message).toBe('Invalid options: One. Two.');
});

it('shows no control, format or separator character, wherever it came from', () => {
  const nasty = 'a\u0000\u001b\u007f\u0085\u009b\u00ad\u200b\u202e\u2028\u2029\u2066\ufeff\ud800\u00a0b c\u{e0001}';
  const shown =
    'a\\u{0}\\u{1b}\\u{7f}\\u{85}\\u{9b}\\u{ad}\\u{200b}\\u{202e}\\u{2028}\\u{2029}\\u{2066}\\u{feff}\\u{d800}\\u{a0}b c\\u{e0001}';
  const texts = {
    provider: nasty,
    url: nasty,
    path: nasty,
    reason: nasty,
    hint: nasty,
    eventId: nasty,
    handler: nasty,
  };
  const error = new CallStatusError('closed', { ...texts, attempt: 1, issues: [nasty] });
  expect(error.details).toEqual({
    ...Object.fromEntries(Object.keys(texts).map((name) => [name, shown])),
    attempt: 1,
    issues: [shown],
  });
  expect(error.message).not.toMatch(/(?! )[\p{C}\p{Z}]/u);
});

it('is recognized across two copies of the package, and nothing else is', () => {
  const copy = Object.assign(new Error('x'), { name: 'CallStatusError', code: 'closed', details: {} });
  const other = Object.assign(new Error('x'), { name: 'CallStatusError' });
  const recognized = [
    new CallStatusError('closed'),
    copy,
    other,
    new Error('x'),
    { name: 'CallStatusError' },
    undefined,
  ];
  expect(recognized.map(isCallStatusError)).toEqual([true, true, false, false, false, false]);
});

it('that nothing foresaw names the provider where one is known', () => {
  const cause = new Error('x');
  expect(unexpected(cause, 'acme')).toMatchObject({ code: 'unexpected', details: { provider: 'acme' }, cause });
  expect(unexpected(cause, undefined)).toMatchObject({ code: 'unexpected', details: {}, cause });
});

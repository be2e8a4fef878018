import { CallStatusError } from '@call-status/core';
import { expect, it } from 'vitest';
import { isTimeout, toInboxError } from './errors.ts';
import { fromServer, nameOf, spanOf } from './server-errors.ts';

const LIMITS = { connectTimeoutMs: 2000, queryTimeoutMs: 3500 };

it.each([
  [{ host: 'db.internal', port: 5432, database: 'voice' }, 'db.internal:5432/voice'],
  [{ host: '::1', port: 6432, database: 'voice' }, '[::1]:6432/voice'],
  [{ host: '/var/run/postgresql', port: 5432 }, '/var/run/postgresql:5432/'],
])('the server %o is named %s', (server, name) => {
  expect(nameOf(server)).toBe(name);
});

it.each([
  [500, '500 ms'],
  [1000, '1 s'],
  [3500, '3.5 s'],
])('%i milliseconds are %s', (ms, span) => {
  expect(spanOf(ms)).toBe(span);
});

it.each([
  ['Query read timeout', 'It did not answer within 3.5 s (queryTimeoutMs).'],
  ['timeout expired', 'It did not accept a connection within 2 s (connectTimeoutMs).'],
  ['Connection terminated due to connection timeout', 'It did not accept a connection within 2 s (connectTimeoutMs).'],
  ['timeout exceeded when trying to connect', 'No connection for reading was free within 2 s (connectTimeoutMs).'],
])('%s is said with the limit and its option', (text, reason) => {
  const error = fromServer(new Error(text), 'db.internal:5432/voice', LIMITS);
  expect(isTimeout(error)).toBe(true);
  const { message, details } = toInboxError(error);
  expect(details).toMatchObject({ server: 'db.internal:5432/voice', reason });
  expect(message).toContain(`The inbox failed. Server: db.internal:5432/voice. ${reason}`);
});

it('names the server in an error of its own', () => {
  const standby = new CallStatusError('inbox_unwritable', { reason: 'The server is a standby.' });
  expect(toInboxError(fromServer(standby, 'db:5432/voice', LIMITS))).toMatchObject({
    code: 'inbox_unwritable',
    details: { server: 'db:5432/voice', reason: 'The server is a standby.' },
  });
});

it('leaves what it knows nothing about', () => {
  expect(fromServer('no error', 'db:5432/voice', LIMITS)).toBe('no error');
  expect(toInboxError(fromServer(new Error('reset'), undefined, LIMITS)).details).toEqual({ reason: 'reset.' });
});

import { inspect } from 'node:util';
import { CallStatusError } from '@call-status/core';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isOfConnection, isWorthAnotherTry, sqlStateOf, toInboxError } from './errors.ts';

function serverError(code: string, message = 'something failed'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code });
}

describe('errors of the database', () => {
  it.each([
    ['25006', 'inbox_unwritable'],
    ['28000', 'inbox_denied'],
    ['28P01', 'inbox_denied'],
    ['3D000', 'inbox_denied'],
    ['3F000', 'inbox_missing'],
    ['42501', 'inbox_unwritable'],
    ['42P01', 'inbox_missing'],
    ['53100', 'inbox_full'],
    ['53300', 'inbox_unavailable'],
    ['57P01', 'inbox_unavailable'],
    ['22P05', 'inbox_unavailable'],
  ])('%s becomes %s', (state, code) => {
    const error = toInboxError(serverError(state));
    expect(error).toMatchObject({ code, details: { reason: `PostgreSQL reported ${state}: something failed.` } });
  });

  it('keeps an error that has a code', () => {
    const error = new CallStatusError('closed');
    expect(toInboxError(error)).toBe(error);
  });

  it('does not quote the values of a row', () => {
    const cause = Object.assign(serverError('23505', 'duplicate key value violates unique constraint "calls"'), {
      detail: 'Key (call_id)=(+15550100) already exists.',
      where: 'unnamed portal parameter $1 = +15550100',
      internalQuery: "INSERT INTO calls VALUES ('+15550100')",
    });
    const error = toInboxError(cause);
    expect(inspect(error, { depth: null })).not.toContain('5550100');
    expect(error.cause).toMatchObject({ code: '23505', message: cause.message, stack: cause.stack });
  });

  it.each([
    serverError('28P01', 'password authentication failed'),
    serverError('57P01', 'terminating connection'),
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    new AggregateError([new Error('connect ECONNREFUSED')]),
    new Error('Connection terminated unexpectedly'),
  ])('has no stack where it says nothing: %s', (error) => {
    const { cause } = toInboxError(error) as { cause: Error & { code?: string } };
    expect(cause.stack).toBe(`Error: ${cause.message}`);
    expect(cause.code).toBe((error as { code?: string }).code);
  });

  it('keeps the stack of a fault in the code', () => {
    const fault = new TypeError('x is not a function');
    expect(toInboxError(fault).cause).toBe(fault);
  });

  it('names what the system reported, for each address of a host', () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' });
    const error = toInboxError(new AggregateError([refused('::1:5432'), refused('127.0.0.1:5432')]));
    expect(error).toMatchObject({
      code: 'inbox_unavailable',
      details: { reason: 'connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432.' },
    });
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    'says what to do about %s',
    (code) => {
      expect(toInboxError(Object.assign(new Error('certificate'), { code })).details.hint).toContain('ssl: { ca:');
    },
  );

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'Check the host and the port', 'inbox_unavailable'],
    ['getaddrinfo ENOTFOUND db.internal', 'Check the host and the port', 'inbox_unavailable'],
    ['connect ENOENT /tmp/.s.PGSQL.5432', 'folder of its socket', 'inbox_unavailable'],
    ['It did not accept a connection within 2 s', 'firewall', 'inbox_unavailable'],
    ['No connection for reading was free within 2 s', 'readConnections', 'inbox_unavailable'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'PGPASSWORD', 'inbox_denied'],
    ['The server does not support SSL connections', 'Turn TLS on', 'inbox_unavailable'],
  ])('says what to do about %s', (text, hint, code) => {
    expect(toInboxError(new Error(text))).toMatchObject({
      code,
      details: { hint: expect.stringContaining(hint) },
    });
  });

  it('converts what is no error', () => {
    expect(toInboxError('no reason')).toMatchObject({ code: 'inbox_unavailable', details: { reason: 'no reason.' } });
  });

  it.each([
    ['of the connection', Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' }), true],
    ['of the system, with five letters', Object.assign(new Error('pipe'), { code: 'EPIPE', syscall: 'write' }), true],
    ['of a server that stops', serverError('57P01'), true],
    ['of a standby', serverError('25006'), true],
    ['of a locked row', serverError('55P03'), false],
    ['of a value', serverError('22021'), false],
    ['of a constraint', serverError('23505'), false],
    ['of two transactions', serverError('40001'), false],
  ])('tells an error %s apart', (_, error, expected) => {
    expect(isOfConnection(error)).toBe(expected);
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['25P02', false],
  ])('whether to repeat after %s: %s', (state, expected) => {
    expect(isWorthAnotherTry(serverError(state))).toBe(expected);
  });

  it('has no SQLSTATE for an error of the system', () => {
    expect(sqlStateOf(Object.assign(new Error('pipe'), { code: 'EPIPE', syscall: 'write' }))).toBeUndefined();
  });
});

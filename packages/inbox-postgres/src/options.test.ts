import { CallStatusError } from '@call-status/core';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { type PostgresInboxOptions, resolveOptions } from './options.ts';
import { postgresInbox } from './postgres-inbox.ts';

const url = 'postgres://user:secret@127.0.0.1:5432/calls';

it('fills in the defaults', () => {
  expect(resolveOptions({ url })).toEqual({
    url,
    schema: 'call_status',
    listen: true,
    preparedStatements: true,
    migrate: true,
    readOnly: false,
    sweepMs: 60_000,
    connectTimeoutMs: 2000,
    queryTimeoutMs: 3500,
    readConnections: 4,
  });
});

it.each<PostgresInboxOptions>([
  { hosts: [url] },
  { pool: new Pool() },
  { url, ssl: true },
  { url, ssl: { ca: 'certificate' } },
  { url, retentionMs: Number.POSITIVE_INFINITY, clock: Date.now },
  { url: 'postgres://calls:p%40ss@localhost/calls?application_name=a@b' },
  { url: 'postgres://calls:secret@%2Ftmp/calls' },
  { url: 'postgres://calls:a,b@localhost/calls' },
  { url: 'postgresql:///calls?host=/tmp&user=calls' },
  { url: 'postgresql://localhost/calls', listenUrl: url, listen: false, pollMs: 5 },
])('takes %#', (options) => {
  expect(resolveOptions(options)).toMatchObject(options);
});

it.each<[unknown, RegExp]>([
  [{}, /expected exactly one/],
  [{ url, hosts: [url] }, /expected exactly one/],
  [{ url: undefined }, /environment variable/],
  [{ url: '' }, /environment variable/],
  [{ url: 'mysql://localhost/calls' }, /got a mysql: URL/],
  [{ url: '"postgres://localhost/calls"' }, /quotation mark/],
  [{ url: 'localhost/calls' }, /does not begin with postgres/],
  [{ url: 'postgres://a:secret@db-a:5432,db-b:5432/calls' }, /list their URLs in `hosts`/],
  [{ url: 'postgres://db-a,db-b/calls' }, /list their URLs in `hosts`/],
  [{ url: 'postgres://calls@/voice?host=/tmp' }, /&user=/],
  [{ url: 5 }, /expected a URL/],
  [{ url: 'postgres://calls:p@secret@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:secret#1@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:p@ss#secret@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:100%@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:12/secret@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:12?secret@localhost/calls' }, /encodeURIComponent/],
  [{ url: 'postgres://calls:p@12/secret@localhost/calls' }, /encodeURIComponent/],
  [{ hosts: [] }, /expected a list of URLs/],
  [{ hosts: 'localhost' }, /expected a list of URLs/],
  [{ hosts: [url, 'localhost'] }, /does not begin with postgres/],
  [{ pool: {} }, /expected a Pool/],
  [{ url, schema: 'Calls' }, /lower-case.* did you mean 'calls'\?/],
  [{ url, schema: '1' }, /lower-case/],
  [{ url, schema: 1 }, /lower-case/],
  [{ url, ssl: 'require' }, /TLS/],
  [{ url, ssl: null }, /TLS/],
  [{ url, retentionMs: 0 }, /more than 0/],
  [{ url, sweepMs: Number.NaN }, /milliseconds/],
  [{ url, readConnections: 0 }, /whole number/],
  [{ url, readConnections: 1001 }, /whole number/],
  [{ url, readConnections: 1.5 }, /whole number/],
  [{ url, listen: 'yes' }, /true or false/],
  [{ url, clock: 5 }, /function/],
  [{ url, create: true }, /`await inbox.ready\({ create: true }\)`/],
  [undefined, /expected an object/],
  [{ connectionString: url }, /`url`/],
])('refuses %j', (options, expected) => {
  const open = (): unknown => postgresInbox(options as PostgresInboxOptions);
  expect(open).toThrow(expected);
  expect(open).toThrow(CallStatusError);
  expect(open).not.toThrow(/secret/);
});

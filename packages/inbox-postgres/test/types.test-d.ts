import pg from 'pg';
import { expectTypeOf, it } from 'vitest';
import { type PostgresInboxOptions, postgresInbox } from '../src/index.ts';

const url = 'postgres://localhost/calls';

it('takes exactly one place of the database', () => {
  expectTypeOf({ url, schema: 'calls' }).toExtend<PostgresInboxOptions>();
  expectTypeOf({ hosts: [url] }).toExtend<PostgresInboxOptions>();
  expectTypeOf({ pool: new pg.Pool() }).toExtend<PostgresInboxOptions>();
  expectTypeOf({ url, hosts: [url] }).not.toExtend<PostgresInboxOptions>();
  expectTypeOf({ url, pool: new pg.Pool() }).not.toExtend<PostgresInboxOptions>();
  expectTypeOf({ schema: 'calls' }).not.toExtend<PostgresInboxOptions>();
});

it('refuses misspelled options, and variables that may be missing', () => {
  expectTypeOf(postgresInbox).parameter(0).not.toExtend<{ retention: number }>();
  expectTypeOf({ url: process.env['DATABASE_URL'] }).not.toExtend<PostgresInboxOptions>();
  // @ts-expect-error - it is retentionMs
  postgresInbox({ url, retention: 5 });
});

export type { PostgresInboxOptions, PostgresPlace, PostgresSettings } from './options.ts';
export { postgresInbox } from './postgres-inbox.ts';
export { schemaSql } from './schema/migrate.ts';

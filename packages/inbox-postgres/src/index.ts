export type { PostgresInboxOptions, PostgresPlace, PostgresSettings } from './options.ts';
export { postgresInbox } from './postgres-inbox.ts';
export { checkSchema } from './schema/check.ts';
export { schemaSql } from './schema/migrate.ts';

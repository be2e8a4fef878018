export type { PostgresInboxOptions } from './options.ts';

export { checkFile } from './database/check.ts';
export type { SqliteInboxOptions } from './options.ts';
export { sqliteInbox } from './sqlite-inbox.ts';

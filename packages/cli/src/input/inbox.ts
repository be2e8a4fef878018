import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Inbox } from '@call-status/core';
import type { StoreCheck } from '@call-status/core/inbox';
import { wrongUsage } from '../cli-error.ts';
import { variable } from './env.ts';

/** How to open an inbox. */
export interface InboxOpening {
  /** Whether the command writes. If not, a file is opened for reading only. */
  readonly write: boolean;
  /** The schema in a PostgreSQL database. @default `call_status` */
  readonly schema?: string | undefined;
  /** Gets the warnings of the inbox. @default they are printed to stderr */
  readonly onWarning?: (text: string) => void;
}

/**
 * Opens an inbox without side effects: nothing is created, and nothing is removed.
 *
 * @param given the path of a file, a `file:` URL, a URL of PostgreSQL, or `env:NAME` for the value of an environment variable
 * @throws CallStatusError `inbox_missing` (exit code 4), any other (3)
 */
export async function openInbox(given: string, opening: InboxOpening): Promise<Inbox> {
  const location = locationOf(given);
  const { onWarning = (text: string): void => void process.stderr.write(`${text}\n`) } = opening;
  const inbox = isUrlOfDatabase(location) ? await inDatabase(location, opening) : await inFile(location, opening);
  try {
    await inbox.ready?.({ onWarning: ({ message }) => onWarning(message) });
    return inbox;
  } catch (error) {
    await inbox.close();
    throw error;
  }
}

/**
 * Looks for damage of an inbox: of a file, page by page; of a database, in its catalog.
 *
 * @param given as for {@link openInbox}
 * @throws CallStatusError `inbox_missing` (exit code 4), any other (3)
 */
export async function checkStore(given: string, { schema }: Pick<InboxOpening, 'schema'>): Promise<StoreCheck> {
  const location = locationOf(given);
  if (isUrlOfDatabase(location)) {
    const { checkSchema } = await import('@call-status/inbox-postgres');
    return checkSchema({ url: location, ...(schema !== undefined && { schema }) });
  }
  hideSqliteWarning();
  const { checkFile } = await import('@call-status/inbox-sqlite');
  return checkFile(pathOf(location));
}

function locationOf(given: string): string {
  const location = given.startsWith('env:') ? variable(given.slice('env:'.length)) : given;
  if (isUrlOfDatabase(location) || !MAY_HAVE_PASSWORD.test(location)) return location;
  // An error about a file would repeat it.
  throw wrongUsage(
    'The inbox is neither a file nor a URL of PostgreSQL.',
    'Give a path, file:…, postgres://…, or env:NAME.',
  );
}

/** A URL of something else, a mistyped one, or the words with which programs of PostgreSQL connect. */
const MAY_HAVE_PASSWORD = /^(?!file:)[a-z][a-z0-9+.-]*:?\/\/|:[^/\\]*@|\bpassword=/i;

function isUrlOfDatabase(location: string): boolean {
  return /^postgres(ql)?:\/\//.test(location);
}

function pathOf(location: string): string {
  const path = location.startsWith('file:') ? fileURLToPath(location) : location;
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw wrongUsage(`${path} is a folder.`, 'Give the file of the inbox.');
}

async function inFile(location: string, { write }: InboxOpening): Promise<Inbox> {
  hideSqliteWarning();
  const { sqliteInbox } = await import('@call-status/inbox-sqlite');
  return sqliteInbox({ path: pathOf(location), readOnly: !write });
}

/** Node 22 says that its SQLite is experimental; the inbox has decided which versions are safe. */
function hideSqliteWarning(): void {
  const emit = process.emitWarning.bind(process) as (...warning: unknown[]) => void;
  process.emitWarning = (...warning: unknown[]): void => {
    if (!String(warning[0]).startsWith('SQLite is an experimental')) emit(...warning);
  };
}

async function inDatabase(url: string, { write, schema }: InboxOpening): Promise<Inbox> {
  const { postgresInbox } = await import('@call-status/inbox-postgres');
  return postgresInbox({ url, migrate: false, readOnly: !write, ...(schema !== undefined && { schema }) });
}

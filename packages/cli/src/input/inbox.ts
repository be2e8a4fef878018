import type { Inbox } from '@call-status/core';
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
  const location = given.startsWith('env:') ? variable(given.slice('env:'.length)) : given;
  const { onWarning = (text: string): void => void process.stderr.write(`${text}\n`) } = opening;
  const inbox = /^postgres(ql)?:/.test(location)
    ? await inDatabase(location, opening)
    : await inFile(location, opening);
  try {
    await inbox.ready?.({ onWarning: ({ message }) => onWarning(message) });
    return inbox;
  } catch (error) {
    await inbox.close();
    throw error;
  }
}

async function inFile(location: string, { write }: InboxOpening): Promise<Inbox> {
  const { sqliteInbox } = await import('@call-status/inbox-sqlite');
  const { fileURLToPath } = await import('node:url');
  const path = location.startsWith('file:') ? fileURLToPath(location) : location;
  return sqliteInbox({ path, readOnly: !write });
}

async function inDatabase(url: string, { schema }: InboxOpening): Promise<Inbox> {
  const { postgresInbox } = await import('@call-status/inbox-postgres');
  return postgresInbox({ url, migrate: false, ...(schema !== undefined && { schema }) });
}

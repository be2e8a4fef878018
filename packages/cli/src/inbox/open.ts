import type { Inbox } from '@call-status/core';
import { wrongUsage } from '../cli-error.ts';
import { openInbox } from '../input/inbox.ts';
import { finishUnread } from '../output/broken-pipe.ts';

/** Which tables in a database. */
export const SCHEMA_ARG = {
  schema: {
    type: 'string',
    valueHint: 'name',
    description: 'The schema of the tables in PostgreSQL [call_status]',
  },
} as const;

const INBOX_ARG = {
  inbox: {
    type: 'positional',
    required: true,
    description: 'A file, postgres://…, or env:NAME for the value of a variable',
  },
} as const;

/** The arguments of every command that looks into an inbox. */
export const INBOX_ARGS: typeof INBOX_ARG & typeof SCHEMA_ARG = { ...INBOX_ARG, ...SCHEMA_ARG };

/** Shows what is hidden otherwise. */
export const REVEAL_ARG = { reveal: { type: 'boolean', description: 'Show phone numbers whole' } } as const;

/** The values of {@link INBOX_ARGS}. */
export interface InboxArgs {
  readonly inbox: string;
  readonly schema?: string | undefined;
}

/** Opens an inbox for reading, and closes it at the end. */
export function reading<T>(args: InboxArgs, run: (inbox: Inbox) => Promise<T>): Promise<T> {
  return using(args, false, run);
}

/** Opens an inbox for writing, and closes it at the end. What was announced is done, even if nothing reads the output any more. */
export function writing<T>(args: InboxArgs, run: (inbox: Inbox) => Promise<T>): Promise<T> {
  finishUnread();
  return using(args, true, run);
}

async function using<T>({ inbox: location, schema }: InboxArgs, write: boolean, run: (inbox: Inbox) => Promise<T>) {
  const inbox = await openInbox(location, { write, schema });
  try {
    return await run(inbox);
  } finally {
    await inbox.close();
  }
}

/**
 * A number of rows.
 *
 * @throws CliError wrong_usage
 */
export function countOf(text: string, flag: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw wrongUsage(`${flag} is not "${text}".`, 'It is a whole number, 1 or more.');
}

import type { Database } from '../engine.ts';
import { copyCalls } from './copy-calls.ts';
import { VERSION_1 } from './version-1.ts';
import { VERSION_2 } from './version-2.ts';
import { VERSION_3 } from './version-3.ts';
import { VERSION_4 } from './version-4.ts';

/** Marks the file as an inbox ("cals"): a file of another program is never changed. */
export const APPLICATION_ID = 0x63616c73;

/** Changes a file of the version before, in a transaction. */
export type Migration = (db: Database) => void;

/**
 * The versions of the schema, in order. The file's `user_version` is the number of those it has. Migrations only go forward, and a released
 * one never changes. Every table can be read with the sqlite3 shell.
 *
 * - The index of `recorded` starts with the number of the call, so that the events of a call lie together and writing one costs the same
 *   however many calls there are. The event's id has no index of its own for the same reason: it contains the call.
 * - A view extracts the parts of an event from its JSON. Columns, even virtual ones, would be computed for each event that is written, and
 *   typed ones would reject an event whose provider sends, say, a SIP code with a fraction.
 * - `calls` has what lists, searches and statistics need. Only columns that seldom change have an index, since each index is written with
 *   every new call.
 * - A call is found by a hash of its id: an index of the ids would have several times as many pages, and each new call writes one of them.
 * - Ids and numbers are sorted for searching within blocks of 1024 calls, each block at once when it is full. A search looks into one block
 *   after the other.
 * - `jobs.state` tells which jobs are due, without a time. Only a job that waits for a time, or runs until a time, has one.
 * - Most events are taken when they are recorded, and handled soon. Until then, a row of `flights` has all those of a connection.
 * - There are no foreign keys: the store writes all tables in one transaction, and checks would cost more than they find.
 */
export const MIGRATIONS: readonly Migration[] = [
  (db) => db.exec(VERSION_1),
  (db) => {
    db.exec(VERSION_2);
    copyCalls(db);
  },
  (db) => db.exec(VERSION_3),
  (db) => db.exec(VERSION_4),
];

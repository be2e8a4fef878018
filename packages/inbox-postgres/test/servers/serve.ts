/**
 * A server for programs in other processes: prints its URL and process id as one line of JSON, or nothing without PostgreSQL, and runs until
 * its stdin ends.
 */
import { findPostgres } from './find.ts';
import { startPostgres } from './postgres.ts';

if (findPostgres() !== undefined) {
  const server = await startPostgres();
  console.log(JSON.stringify({ url: server.url, pid: server.folder.pid }));
  process.stdin.resume();
  process.stdin.once('end', () => server.remove());
}

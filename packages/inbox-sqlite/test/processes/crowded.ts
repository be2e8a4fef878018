/** Opens the inbox when no more files can be opened, and prints the error. Argument: the file. */
import { openSync } from 'node:fs';
import { sqliteInbox } from '../../src/index.ts';

const inbox = sqliteInbox({ path: process.argv[2] ?? '' });
// Loads modules that would be loaded later.
JSON.stringify(process.memoryUsage());
try {
  for (;;) openSync('/dev/null', 'r');
} catch {}
try {
  await inbox.ready?.({ create: true });
} catch (error) {
  const { code, details } = error as { code: string; details: { hint?: string } };
  console.log(JSON.stringify({ code, hint: details.hint }));
}
process.exit();

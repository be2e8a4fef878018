/**
 * Records until the file size limit of this process is reached, lifts the limit, records again, and prints the error and the
 * transition. Argument: the file.
 */
import { execFileSync } from 'node:child_process';
import { sqliteInbox } from '../../src/index.ts';
import { anEvent } from '../events.ts';

// Otherwise the signal ends the process.
process.on('SIGXFSZ', () => {});
const inbox = sqliteInbox({ path: process.argv[2] ?? '', create: true });
const record = (callId: string) => inbox.record(anEvent(callId, 'ringing', { raw: { text: 'x'.repeat(50_000) } }));

let text = '';
for (let call = 0; text === ''; call++) {
  await record(`c${call}`).catch(({ message }: Error) => {
    text = message;
  });
}
execFileSync('prlimit', ['--pid', `${process.pid}`, '--fsize=unlimited']);
// node:sqlite does not report the system error, so the file is reopened after a pause.
let transition: string | undefined;
while (transition === undefined) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const recorded = await record('after').catch(() => undefined);
  transition = recorded?.transition;
}
await inbox.close();
console.log(JSON.stringify({ text, transition }));

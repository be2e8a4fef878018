/**
 * An inbox in its own process, which can be killed. For each line, it records an event of the call with that id, and prints the transition
 * or the code of the error. Argument: the file.
 */
import { createInterface } from 'node:readline';
import { sqliteInbox } from '../../src/index.ts';
import { anEvent } from '../events.ts';

const inbox = sqliteInbox({ path: process.argv[2] ?? '', create: true });
await inbox.ready?.();
console.log('ready');
for await (const callId of createInterface(process.stdin)) {
  const printed = await inbox.record(anEvent(callId)).then(
    ({ transition }) => transition,
    ({ code }) => code,
  );
  console.log(printed);
}

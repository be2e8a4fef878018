/**
 * An inbox in a process of its own, which can be killed. For each line that it reads it records the event of a call of that name, and
 * prints what became of it: the transition, or the code of the error. Argument: the file.
 */
import { createInterface } from 'node:readline';
import { sqliteInbox } from '../../src/index.ts';
import { anEvent } from '../events.ts';

const inbox = sqliteInbox({ path: process.argv[2] ?? '', create: true });
await inbox.ready?.();
console.log('ready');
for await (const callId of createInterface(process.stdin)) {
  const told = await inbox.record(anEvent(callId)).then(
    ({ transition }) => transition,
    ({ code }) => code,
  );
  console.log(told);
}

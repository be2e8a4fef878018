/**
 * Records as many events as it can, and ends after a while. Arguments: the file, how to end (`exit`: call process.exit; `end`: stop recording),
 * the milliseconds.
 */
import { sqliteInbox } from '../../src/index.ts';
import { anEvent } from '../events.ts';

const [path = '', what, delay] = process.argv.slice(2);
const inbox = sqliteInbox({ path, create: true });
let isOver = false;

async function record(client: number): Promise<void> {
  for (let call = 0; !isOver; call++) await inbox.record(anEvent(`${client}-${call}`));
}

const clients = Array.from({ length: 20 }, (_, client) => record(client));
await inbox.record(anEvent('first'));
await new Promise((resolve) => setTimeout(resolve, Number(delay)));
if (what === 'exit') process.exit(3);
isOver = true;
await Promise.all(clients);
console.log('all recorded');

/**
 * Takes an event, blocks the event loop, finishes the event, and prints the outcome. Arguments: the file, the length of the lease and of the
 * block in milliseconds.
 */
import { sqliteInbox } from '../../src/index.ts';

const [path = '', leaseMs, blockMs] = process.argv.slice(2);
const inbox = sqliteInbox({ path });
await inbox.ready?.();
const { jobs } = await inbox.take({ limit: 1, leaseMs: Number(leaseMs), owner: 'blocking' });
console.log('blocking');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(blockMs));
for (const { lease } of jobs) console.log(await inbox.finish(lease));
await inbox.close();

// A process that opens inboxes at the same time, and records an event in each. Arguments: URL, schema, name, number of inboxes.
import process from 'node:process';
import { postgresInbox } from '../../src/index.ts';
import { eventOf } from './event-of.ts';

const [url = '', schema = '', name, count] = process.argv.slice(2);
const inboxes = Array.from({ length: Number(count) }, () => postgresInbox({ url, schema, listen: false }));
await Promise.all(inboxes.map(async (inbox) => inbox.ready?.({ create: true })));
await Promise.all(inboxes.map((inbox, at) => inbox.record(eventOf(`${name}-${at}`))));
await Promise.all(inboxes.map((inbox) => inbox.close()));

/**
 * A process that handles the events in a file until it dies, and prints lines: `began <call>`, `handled <call>`, `dead <call>: <text>`.
 * Environment variables decide how it dies.
 */
import { createCallStatus } from '@call-status/core';
import { sqliteInbox } from '../../src/index.ts';

const { DB = '', LEASE_MS = '400', LIFE_MS, HANDLER_MS = '1', ATTEMPTS = '8' } = process.env;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Fills the heap. */
function exhaust(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, () => ({ kept: kept.length })));
}

const calls = createCallStatus({
  inbox: sqliteInbox({ path: DB, pollMs: 20 }),
  leaseMs: Number(LEASE_MS),
  retry: { attempts: Number(ATTEMPTS), backoff: () => 20 },
  log: { info() {}, warn() {}, error() {} },
  onError: ({ code, details: { eventId }, message }) => code === 'dead_letter' && say(`dead ${eventId}: ${message}`),
  async onStatus({ callId, status }, { attempt, fence }) {
    say(`began ${callId} ${status} ${attempt} ${fence}`);
    if (callId.startsWith('exit') && status !== 'ringing') process.exit(1);
    if (callId.startsWith('heap')) exhaust();
    await sleep(Number(HANDLER_MS));
    say(`handled ${callId} ${status}`);
  },
});

if (LIFE_MS !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(LIFE_MS));
process.once('SIGTERM', () => calls.close().then(() => process.exit(0)));
calls.startWorker();
say('started');

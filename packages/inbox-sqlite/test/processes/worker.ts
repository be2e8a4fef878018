/**
 * A process without HTTP that handles what others record, and closes at SIGTERM. Arguments: the file, and `asked` when it is to call
 * `work()`; otherwise it works by default.
 */
import { createCallStatus } from '@call-status/core';
import { sqliteInbox } from '../../src/index.ts';

const [path = '', asked] = process.argv.slice(2);

const calls = createCallStatus({
  inbox: sqliteInbox({ path, pollMs: 10 }),
  worker: asked === undefined,
  log: { info() {}, warn() {}, error() {} },
  onEnded: ({ callId }) => console.log(`handled ${callId}`),
});
if (asked !== undefined) calls.startWorker();
process.once('SIGTERM', () => calls.close());
console.log('started');

// A process that nearly always holds the lock. It frees it for a moment between two transactions, as a busy service does.
import { loadEngine } from '../../src/database/engine.ts';

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const db = new (loadEngine())(process.argv[2] as string);
db.exec('PRAGMA busy_timeout = 30000; BEGIN IMMEDIATE');
process.stdout.write('locked\n');
for (;;) {
  Atomics.wait(sleeper, 0, 0, 30);
  db.exec('COMMIT');
  Atomics.wait(sleeper, 0, 0, 1);
  db.exec('BEGIN IMMEDIATE');
}

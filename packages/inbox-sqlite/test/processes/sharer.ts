/**
 * One of several processes that share a file. Records the events of its own calls, handles any events, ends when the events of all processes
 * are handled, and prints what it handled. Arguments: the file, its name, its calls, the events of all.
 */
import { sqliteInbox } from '../../src/index.ts';
import { anEvent } from '../events.ts';

const [path = '', name = '', calls = '', all = ''] = process.argv.slice(2);
const inbox = sqliteInbox({ path, create: true, pollMs: 10 });
const handled: string[] = [];

let wake = () => {};
inbox.onJobs(() => wake());

async function handle(): Promise<void> {
  for (;;) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const { jobs } = await inbox.take({ limit: 8, leaseMs: 60_000, owner: name });
    for (const { lease, event } of jobs) {
      handled.push(event.id);
      if ((await inbox.finish(lease)) !== 'done') throw new Error('A lease was lost.');
    }
    const { live, ended, waiting, running } = await inbox.counts();
    if (live === 0 && ended === Number(all) && waiting + running === 0) return;
    // Without events of its own, only those of other processes wake it.
    if (jobs.length === 0) await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
}

async function record(): Promise<void> {
  for (let call = 0; call < Number(calls); call++) {
    await inbox.record(anEvent(`${name}-${call}`, 'ringing'));
    await inbox.record(anEvent(`${name}-${call}`, 'completed'));
  }
}

await Promise.all([handle(), record()]);
await inbox.close();
console.log(JSON.stringify(handled));

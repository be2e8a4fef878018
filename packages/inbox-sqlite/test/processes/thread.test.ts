import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { resolveOptions } from '../../src/options.ts';
import { SqliteInbox } from '../../src/sqlite-inbox.ts';
import { Connection } from '../../src/store/connection.ts';
import { startThread } from '../../src/thread/start-thread.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

const THREAD = new URL('../../src/thread/thread.js', import.meta.url);

function runProcess(what: 'exit' | 'end', delay: number, options: readonly string[] = []) {
  const script = fileURLToPath(new URL('./exiting.ts', import.meta.url));
  const args = ['--no-warnings', '--import', 'tsx', ...options, script, temporaryFile(), what, `${delay}`];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('a process', () => {
  it('that exits during a write does so without an abort', () => {
    for (const delay of [0, 3, 10, 40]) {
      const { status, signal, stderr } = runProcess('exit', delay);
      expect({ status, signal, stderr }).toEqual({ status: 3, signal: null, stderr: '' });
    }
  });

  it('stays alive until its events are recorded, and then ends without closing its inbox', () => {
    const { status, stdout, stderr } = runProcess('end', 10);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'all recorded\n', stderr: '' });
  });
});

it('starts in a process that runs code from its command line', () => {
  const code = `
    import { sqliteInbox } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url))};
    const inbox = sqliteInbox({ path: ${JSON.stringify(temporaryFile())}, create: true });
    console.log(await inbox.deadLetters.discard('acme:c1:ringing'));
    await inbox.close();`;
  const args = ['--no-warnings', '--import', 'tsx', '--input-type=module', '--eval', code];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'false\n', stderr: '' });
});

it('writes when it was started as code', async () => {
  process.execArgv.push('--input-type=module');
  onTestFinished(() => void process.execArgv.pop());
  const { inbox, threads } = inboxWith(() => THREAD);
  expect((await inbox.record(anEvent('c1'))).transition).toBe('advance');
  expect(threads).toHaveLength(1);
});

it('has the preloads of its process, which may be needed to find its modules', () => {
  const preload = `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    if (!isMainThread) writeSync(1, 'preloaded\\n');`)}`;
  const { stdout, stderr } = runProcess('end', 0, ['--import', preload]);
  expect({ stdout, stderr }).toEqual({ stdout: 'preloaded\nall recorded\n', stderr: '' });
});

/** An inbox, and the threads that it has started. */
function inboxWith(start: (count: number) => URL) {
  const options = resolveOptions({ path: temporaryFile(), create: true });
  const threads: Worker[] = [];
  const inbox = new SqliteInbox(options, new Connection(options.path, loadEngine()), (waits) => {
    const thread = startThread(start(threads.length), options, waits);
    threads.push(thread);
    return thread;
  });
  onTestFinished(() => inbox.close());
  return { inbox, threads };
}

/** A thread with another listener for messages. */
function fakeThread(onMessage: string): URL {
  const code = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', ${onMessage});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

describe('a thread that ends unexpectedly', () => {
  it('leaves nothing unanswered, and the next write starts another', async () => {
    const { inbox, threads } = inboxWith((count) => (count === 0 ? fakeThread('() => process.exit()') : THREAD));
    const recorded = ['c1', 'c2'].map((callId) => inbox.record(anEvent(callId)));
    const ended = { status: 'rejected', reason: expect.objectContaining({ code: 'inbox_unavailable', status: 503 }) };
    expect(await Promise.allSettled(recorded)).toEqual([ended, ended]);
    await inbox.record(anEvent('c3'));
    expect(threads).toHaveLength(2);
    expect(await handleAll(inbox)).toEqual(['acme:c3:ringing']);
  });

  it('reports why', async () => {
    const broken = fakeThread('() => { throw new Error("boom"); }');
    const { inbox } = inboxWith((count) => (count === 0 ? broken : THREAD));
    await expect(inbox.record(anEvent('c1'))).rejects.toMatchObject({
      code: 'inbox_unavailable',
      status: 503,
      message: expect.stringContaining('the next write starts another'),
      cause: expect.objectContaining({ message: 'boom' }),
    });
    expect((await inbox.record(anEvent('c1'))).transition).toBe('advance');
  });

  it('does not keep the inbox from closing', async () => {
    await expect(inboxWith(() => fakeThread('() => process.exit()')).inbox.close()).resolves.toBeUndefined();
    const answer = 'parentPort.postMessage({ results: Array(message.length / 3).fill([]), isWorkDue: false })';
    const { inbox } = inboxWith(() => fakeThread(`(message) => (message === 'close' ? process.exit() : ${answer})`));
    await inbox.renew([], 1000);
    await expect(inbox.close()).resolves.toBeUndefined();
  });
});

describe('an exiting process', () => {
  it('stops all threads, and has a listener only while there are threads', async () => {
    const before = process.listeners('exit');
    const both = [inboxWith(() => THREAD), inboxWith(() => THREAD)];
    await Promise.all(both.map(({ inbox }) => inbox.record(anEvent('c1'))));
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    expect(added).toHaveLength(1);

    added[0]?.(0);
    const late = both.map(({ inbox }) => inbox.record(anEvent('c2')).catch(({ code }) => code));
    const moment = new Promise((resolve) => setTimeout(resolve, 50));
    expect(await Promise.race([...late, moment])).toBeUndefined();

    await Promise.all(both.flatMap(({ threads }) => threads).map((thread) => thread.terminate()));
    expect(await Promise.all(late)).toEqual(['inbox_unavailable', 'inbox_unavailable']);
    expect(process.listeners('exit')).toEqual(before);
  });
});

describe('a write that cannot be sent to the thread', () => {
  it('is rejected, and the writes beside it are performed', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    const token = (() => {}) as unknown as string;
    const [first, refused, last] = await Promise.allSettled([
      inbox.record(anEvent('c1', 'ringing')),
      inbox.finish({ eventId: 'acme:c1:ringing', token }),
      inbox.record(anEvent('c1', 'completed')),
    ]);
    expect([first, last]).toEqual([
      { status: 'fulfilled', value: { transition: 'advance', done: false } },
      { status: 'fulfilled', value: { transition: 'advance', done: false } },
    ]);
    expect(refused).toMatchObject({
      reason: { code: 'inbox_unavailable', cause: expect.objectContaining({ name: 'DataCloneError' }) },
    });
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c1:completed']);
  });
});

describe('a thread that cannot open the file', () => {
  it('makes ready() throw the reason', () => {
    const reporting = `
      import { workerData } from 'node:worker_threads';
      workerData.opened.postMessage({ error: { code: 'inbox_locked', details: { path: '/data/calls.db' } } });
      const cells = new Int32Array(workerData.gate);
      Atomics.store(cells, 2, 1);
      Atomics.notify(cells, 2);`;
    const { inbox } = inboxWith(() => new URL(`data:text/javascript,${encodeURIComponent(reporting)}`));
    expect(() => inbox.ready({ create: true })).toThrow(
      expect.objectContaining({ code: 'inbox_locked', details: { path: '/data/calls.db' } }),
    );
  });
});

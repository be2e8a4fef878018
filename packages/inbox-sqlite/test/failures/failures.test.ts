import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createCallStatus, type Inbox, mycpaas } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import { type Database, loadEngine } from '../../src/database/engine.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

/** Records an event that needs new pages. */
const recordLarge = (inbox: Inbox, callId: string) =>
  inbox.record(anEvent(callId, 'ringing', { raw: { text: 'x'.repeat(50_000) } }));

/** Runs as a user who may not write what root wrote: permissions do not bind root. */
async function unprivileged<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a full disk', () => {
  it('is told, acknowledges nothing, and is recovered from without a restart', async () => {
    const path = temporaryFile();
    let isFull = false;
    let connection: Database | undefined;
    // The smallest limit is the size that the file has.
    const limit = (db: Database) => isFull && db.exec('PRAGMA max_page_count = 1');
    const inbox = openInbox(
      { path },
      {
        onOpen(db) {
          connection = db;
          limit(db);
        },
      },
    );
    await recordLarge(inbox, 'before');

    isFull = true;
    limit(connection as Database);
    for (const callId of ['full1', 'full2']) {
      await expect(recordLarge(inbox, callId)).rejects.toMatchObject({ code: 'inbox_full', status: 503 });
    }
    expect(await inbox.counts()).toMatchObject({ live: 1, waiting: 1 });

    isFull = false;
    // The limit of this connection ends with it.
    (connection as Database).exec('PRAGMA max_page_count = 1000000');
    await recordLarge(inbox, 'after');
    expect(await handleAll(inbox)).toEqual(['acme:before:ringing', 'acme:after:ringing']);
  });
});

const HAS_PRLIMIT = spawnSync('prlimit', ['--version']).status === 0;

describe.runIf(HAS_PRLIMIT)('a file size limit', () => {
  it('is told, and is recovered from without a restart', async () => {
    const limited = fileURLToPath(new URL('./limited.ts', import.meta.url));
    const command = ['--fsize=1000000:', process.execPath, '--import', 'tsx', limited, temporaryFile()];
    const { stdout } = await promisify(execFile)('prlimit', command);
    const { text, transition } = JSON.parse(stdout);
    expect(text).toMatch(/file size limit/);
    expect(transition).toBe('advance');
  });
});

describe('a lock that another program holds', () => {
  it('is waited for, without blocking the process', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const recorded = Promise.all(['c1', 'c2'].map((callId) => inbox.record(anEvent(callId))));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const late = inbox.record(anEvent('c3'));
    other.exec('COMMIT');
    other.close();
    await Promise.all([recorded, late]);
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing', 'acme:c3:ringing']);
  });

  it('is told when it lasts, acknowledges nothing, and is recovered from without a restart', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, busyTimeoutMs: 50 });
    inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const results = await Promise.allSettled(['c1', 'c2'].map((callId) => inbox.record(anEvent(callId))));
    expect(results).toMatchObject([
      { reason: { code: 'inbox_locked', status: 503 } },
      { reason: { code: 'inbox_locked', status: 503 } },
    ]);
    expect(await inbox.getCall('acme', 'c1')).toBeUndefined();
    other.exec('ROLLBACK');
    other.close();
    await inbox.record(anEvent('c1'));
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing']);
  });

  it('does not keep it from closing', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, busyTimeoutMs: 50 });
    inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const recorded = inbox.record(anEvent('c1'));
    const closed = inbox.close();
    await expect(recorded).rejects.toMatchObject({ code: 'inbox_locked' });
    await closed;
    other.close();
  });
});

describe('a file that may not be written', () => {
  it('is told at the start', async () => {
    const path = temporaryFile();
    const folder = dirname(path);
    const before = openInbox({ path });
    before.ready();
    await before.close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    await unprivileged(async () => {
      expect(() => openInbox({ path }).ready()).toThrow(
        expect.objectContaining({ code: 'inbox_unwritable', status: 503, details: expect.objectContaining({ path }) }),
      );
      expect(() => openInbox({ path: join(folder, 'new.db') }).ready()).toThrow(
        expect.objectContaining({
          code: 'inbox_unwritable',
          message: expect.stringContaining('The system reported EACCES: '),
        }),
      );
    });
    chmodSync(folder, 0o755);
  });

  it('is told of a folder that does not exist', () => {
    const path = join(dirname(temporaryFile()), 'missing', 'calls.db');
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unwritable',
        message: expect.stringMatching(/missing.calls\.db.*The system reported ENOENT: the folder does not exist\./),
      }),
    );
  });

  it.runIf(process.platform !== 'win32')('is told of a folder that is a file', () => {
    const file = temporaryFile();
    writeFileSync(file, '');
    const path = join(file, 'calls.db');
    for (const create of [true, false]) {
      expect(() => openInbox({ path, create }).ready({ create })).toThrow(
        expect.objectContaining({ code: 'inbox_unwritable', details: expect.objectContaining({ path }) }),
      );
    }
  });
});

describe('a damaged file', () => {
  it('is told at the start', () => {
    const path = temporaryFile();
    writeFileSync(path, 'no database'.repeat(1000));
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({ code: 'inbox_corrupted', status: 503, details: expect.objectContaining({ path }) }),
    );
  });

  it('is told where only its content is damaged, also while the inbox looks for work', async () => {
    const path = temporaryFile();
    const before = openInbox({ path });
    await before.record(anEvent('c1'));
    await before.close();
    const backup = readFileSync(path);
    const inbox = openInbox({ path, pollMs: 5 });
    const file = openSync(path, 'r+');
    writeSync(file, new Uint8Array(backup.length - 4096).fill(0xa5), 0, backup.length - 4096, 4096);
    await expect(inbox.record(anEvent('c2'))).rejects.toMatchObject({ code: 'inbox_corrupted', status: 503 });
    const woken = new Promise<void>((resolve) => inbox.onJobs(resolve));
    await new Promise((resolve) => setTimeout(resolve, 30));
    writeSync(file, backup, 0, backup.length, 0);
    closeSync(file);
    await vi.waitFor(() => inbox.record(anEvent('c2')), 5000);
    await woken;
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing']);
  });
});

describe('an event that somebody has spoiled in the file', () => {
  it('is told to the worker that takes it', async () => {
    const path = temporaryFile();
    await openInbox({ path }).record(anEvent('c1'));
    const db = new (loadEngine())(path);
    // SQLite takes JSON5 for JSON.
    db.exec("UPDATE recorded SET event = '{spoiled: 1}'");
    db.close();
    const taken = openInbox({ path }).take({ limit: 1, leaseMs: 1000, owner: 'test' });
    await expect(taken).rejects.toMatchObject({ code: 'inbox_unavailable', cause: expect.any(SyntaxError) });
  });
});

it('a pause of any length between two attempts is kept', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  await inbox.record(anEvent('c1'));
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
  for (const { lease } of jobs) {
    const failure = { retryInMs: Number.MAX_VALUE, error: 'boom', doneHandlers: [] };
    expect(await inbox.fail(lease, failure)).toBe('done');
  }
  expect(await inbox.counts()).toMatchObject({ waiting: 1 });
});

describe('an event that cannot be stored', () => {
  it('fails alone: those that arrived with it are recorded, in order', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const results = await Promise.allSettled([
      inbox.record(anEvent('c1')),
      inbox.record(anEvent('bad', 'ringing', { raw: circular })),
      inbox.record(anEvent('c2')),
    ]);
    expect(results).toMatchObject([
      { value: { transition: 'advance' } },
      { reason: { code: 'inbox_unavailable', status: 503, cause: expect.any(TypeError) } },
      { value: { transition: 'advance' } },
    ]);
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing']);
    expect(await inbox.getCall('acme', 'bad')).toBeUndefined();
  });
});

describe('NUL', () => {
  it('mixes up no events: each status word with one is handled', async () => {
    const handled: string[] = [];
    const calls = createCallStatus({
      providers: [mycpaas({ token: 't' })],
      inbox: openInbox({ path: temporaryFile() }),
      log: { info() {}, warn() {}, error() {} },
      onStatus: ({ rawStatus }) => void handled.push(rawStatus),
    });
    const send = async (fields: string) => {
      const body = new TextEncoder().encode(fields);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${body.length}` };
      const request = { method: 'POST', url: '/?token=t', headers, origin: 'https://example.com', body };
      return (await calls.provider('mycpaas').receive(request))?.status;
    };
    for (const word of ['a', 'b', 'c']) expect(await send(`CallSid=CA1&CallStatus=%00${word}`)).toBe(200);
    expect(await send('CallSid=CA1%00x&CallStatus=completed')).toBe(422);
    await vi.waitFor(() => expect(handled).toEqual(['\0a', '\0b', '\0c']));
    await calls.close();
  });

  it('does not cut the error of a dead letter', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    await inbox.record(anEvent('c1'));
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
    for (const { lease } of jobs) await inbox.fail(lease, { error: 'a\0b', doneHandlers: ['c\0d'] });
    expect((await inbox.deadLetters.get('acme:c1:ringing'))?.error).toBe('a\ufffdb');
  });
});

describe('a lease that this inbox never gave', () => {
  it('does not count', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    await inbox.record(anEvent('c1'));
    for (const token of ['', 'another inbox', '1', '1.1.another']) {
      expect(await inbox.finish({ eventId: 'acme:c1:ringing', token })).toBe('lost');
    }
    expect(await inbox.finish({ eventId: 'acme:c1:ringing', token: '7.7.another' })).toBe('gone');
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing']);
  });
});

describe('a closed inbox', () => {
  it('finishes what was begun, and refuses the rest', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    const begun = inbox.record(anEvent('c1'));
    const closed = inbox.close();
    await expect(begun).resolves.toMatchObject({ transition: 'advance' });
    await closed;
    await expect(inbox.listCalls()).rejects.toMatchObject({ code: 'closed' });
    await expect(inbox.record(anEvent('c2'))).rejects.toMatchObject({ code: 'closed' });
    expect(await handleAll(openInbox({ path }))).toEqual(['acme:c1:ringing']);
  });
});

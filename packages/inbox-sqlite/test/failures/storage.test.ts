import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Inbox } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/engine.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

/** Records an event that needs new pages. */
const recordLarge = (inbox: Inbox, callId: string) =>
  inbox.record(anEvent(callId, 'ringing', { raw: { text: 'x'.repeat(50_000) } }));

/** Runs as an unprivileged user: permissions do not apply to root. */
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
  it('is reported, acknowledges nothing, and needs no restart once it is over', async () => {
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
    // Lifts the limit of this connection.
    (connection as Database).exec('PRAGMA max_page_count = 1000000');
    await recordLarge(inbox, 'after');
    expect(await handleAll(inbox)).toEqual(['acme:before:ringing', 'acme:after:ringing']);
  });
});

const HAS_PRLIMIT = spawnSync('prlimit', ['--version']).status === 0;

describe.runIf(HAS_PRLIMIT)('a file size limit', () => {
  it('is reported, and needs no restart once it is lifted', async () => {
    const limited = fileURLToPath(new URL('./limited.ts', import.meta.url));
    const command = ['--fsize=1000000:', process.execPath, '--import', 'tsx', limited, temporaryFile()];
    const { stdout } = await promisify(execFile)('prlimit', command);
    const { text, transition } = JSON.parse(stdout);
    expect(text).toMatch(/file size limit/);
    expect(transition).toBe('advance');
  });
});

describe('a file that may not be written', () => {
  it('is reported at the start', async () => {
    const path = temporaryFile();
    const folder = dirname(path);
    const before = openInbox({ path });
    void before.ready();
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

  it('is reported when a folder does not exist', () => {
    const path = join(dirname(temporaryFile()), 'missing', 'calls.db');
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unwritable',
        message: expect.stringMatching(/missing.calls\.db.*The system reported ENOENT: the folder does not exist\./),
      }),
    );
  });

  it.runIf(process.platform !== 'win32')('is reported when a folder of the path is a file', () => {
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
  it('is reported at the start', () => {
    const path = temporaryFile();
    writeFileSync(path, 'no database'.repeat(1000));
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({ code: 'inbox_corrupted', status: 503, details: expect.objectContaining({ path }) }),
    );
  });

  it('is reported when only its content is damaged, even while the inbox polls', async () => {
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
    await vi.waitFor(() => inbox.record(anEvent('c2')));
    await woken;
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing']);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { openDatabase } from '../../src/database/open.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

const PARTS = ['', '-wal', '-shm'];
const REPLACED = { code: 'inbox_replaced', status: 503 };

/** Accidents, each of which would lose all later writes. */
const ACCIDENTS: Readonly<Record<string, (path: string) => void>> = {
  'all three are removed': (path) => {
    for (const part of PARTS) rmSync(path + part);
  },
  'the file is removed': (path) => rmSync(path),
  'the -wal is removed': (path) => rmSync(`${path}-wal`),
  'the -shm is removed': (path) => rmSync(`${path}-shm`),
  'the file is renamed': (path) => renameSync(path, `${path}.old`),
  'all three are renamed': (path) => {
    for (const part of PARTS) renameSync(path + part, `${path}.old${part}`);
  },
  'an empty file is in its place': (path) => replace(path, (file) => writeFileSync(file, '')),
  'no database is in its place': (path) => replace(path, (file) => writeFileSync(file, 'no database'.repeat(1000))),
  'a copy is in its place': (path) => replace(path, (file) => copyFileSync(path, file)),
  'an empty -wal is in its place': (path) => replace(`${path}-wal`, (file) => writeFileSync(file, '')),
  'a link to itself is in its place': (path) => {
    rmSync(path);
    symlinkSync(path, path);
  },
  'the file is emptied': (path) => truncateSync(path),
  'the -wal is emptied': (path) => truncateSync(`${path}-wal`),
  'the folder is removed': (path) => rmSync(dirname(path), { recursive: true }),
  'the folder is removed and made again': (path) => {
    rmSync(dirname(path), { recursive: true });
    mkdirSync(dirname(path));
  },
};

function replace(path: string, make: (file: string) => void): void {
  make(`${path}.new`);
  renameSync(`${path}.new`, path);
}

/** A file in a folder that a test may remove. */
function fileInFolder(): string {
  const folder = join(dirname(temporaryFile()), 'data');
  mkdirSync(folder);
  return join(folder, 'calls.db');
}

describe.each(Object.entries(ACCIDENTS))('when %s', (_, happen) => {
  it('no later event is acknowledged, and no file is created', async () => {
    const path = fileInFolder();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('before'));
    happen(path);
    const there = existsSync(dirname(path)) ? readdirSync(dirname(path)) : undefined;
    for (const callId of ['c1', 'c2']) {
      const refused = await inbox.record(anEvent(callId)).catch((error) => error);
      expect(refused).toMatchObject({ ...REPLACED, details: { path } });
      expect(refused.message).toMatch(/was (removed, renamed or replaced|cut short) while it was open/);
    }
    await expect(inbox.counts()).rejects.toMatchObject(REPLACED);
    await expect(inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' })).rejects.toMatchObject(REPLACED);
    expect(existsSync(dirname(path)) ? readdirSync(dirname(path)) : undefined).toEqual(there);
  });

  it('while events arrive, those of one transaction are rejected together', async () => {
    const path = fileInFolder();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('before'));
    const recorded = Array.from({ length: 20 }, (__, at) => inbox.record(anEvent(`c${at}`)));
    happen(path);
    const results = await Promise.allSettled(recorded);
    expect(new Set(results.map((result) => result.status === 'rejected' && result.reason.code))).toEqual(
      new Set(['inbox_replaced']),
    );
  });
});

it.each([1, 5000])('when the -wal loses its last %d bytes, no later event is acknowledged', async (bytes) => {
  const path = fileInFolder();
  const inbox = openInbox({ path });
  await inbox.record(anEvent('before'));
  truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - bytes);
  for (const callId of ['c1', 'c2']) {
    const message = expect.stringContaining(`${path}-wal was cut short while it was open`);
    await expect(inbox.record(anEvent(callId))).rejects.toMatchObject({ ...REPLACED, message });
  }
});

it('continues when SQLite itself cut the -wal to restart it', async () => {
  const path = fileInFolder();
  const inbox = openInbox({ path });
  const other = openDatabase(loadEngine(), path, { create: true, waitMs: 1000 });
  for (let round = 0; round < 3; round++) {
    await inbox.record(anEvent(`before ${round}`));
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(statSync(`${path}-wal`).size).toBe(0);
    expect(await inbox.counts()).toMatchObject({ live: 2 * round + 1 });
    await inbox.record(anEvent(`after ${round}`));
    expect(await inbox.counts()).toMatchObject({ live: 2 * round + 2 });
  }
  other.close();
});

it('continues when the right files are back', async () => {
  const path = fileInFolder();
  const inbox = openInbox({ path });
  await inbox.record(anEvent('c1'));
  renameSync(dirname(path), `${dirname(path)}.old`);
  await expect(inbox.record(anEvent('c2'))).rejects.toMatchObject(REPLACED);
  renameSync(`${dirname(path)}.old`, dirname(path));
  await inbox.record(anEvent('c3'));
  expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c3:ringing']);
});

it('a restart continues with the files that are there', async () => {
  const path = fileInFolder();
  const before = openInbox({ path });
  await before.record(anEvent('c1'));
  for (const part of PARTS) rmSync(path + part);
  await expect(before.record(anEvent('c2'))).rejects.toMatchObject(REPLACED);
  await before.close();
  const after = openInbox({ path });
  await after.record(anEvent('c3'));
  expect(await handleAll(after)).toEqual(['acme:c3:ringing']);
});

/** Starts an inbox in another process. */
async function startRemote(path: string) {
  const script = fileURLToPath(new URL('./remote.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return {
    async record(callId: string): Promise<string> {
      child.stdin?.write(`${callId}\n`);
      return (await lines.next()).value;
    },
    async kill(): Promise<void> {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('a process that is killed', () => {
  it('after its -wal was removed has lost no acknowledged event', async () => {
    const path = temporaryFile();
    const remote = await startRemote(path);
    for (let at = 0; at < 10; at++) expect(await remote.record(`before${at}`)).toBe('advance');
    rmSync(`${path}-wal`);
    for (let at = 0; at < 10; at++) expect(await remote.record(`after${at}`)).toBe('inbox_replaced');
    await remote.kill();
    const inbox = openInbox({ path });
    for (let at = 0; at < 10; at++) expect(await inbox.getCall('acme', `before${at}`)).toBeDefined();
  });

  it('before its first event leaves a file with its tables', async () => {
    const path = temporaryFile();
    const remote = await startRemote(path);
    await remote.kill();
    for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true });
    const inbox = openInbox({ path, create: false });
    expect(await inbox.counts()).toMatchObject({ live: 0 });
  });
});

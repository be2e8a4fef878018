import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallStatusError, createCallStatus, mycpaas } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type DatabaseClass, loadEngine } from '../../src/database/engine.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

let opened = 0;

/** The engine, counting its connections. */
function counting(): DatabaseClass {
  return class extends loadEngine() {
    constructor(path: string) {
      opened++;
      super(path);
    }
  };
}

/** Overwrites part of a file that is open. */
function damage(path: string, from: number, to: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(to - from).fill(0xa5), 0, to - from, from);
  closeSync(file);
}

/** Ways in which a file fails. */
const FAILURES: Readonly<Record<string, (path: string) => void>> = {
  'a damaged header': (path) => damage(path, 0, 100),
  'damaged pages': (path) => damage(path, 4096, statSync(path).size),
  'a truncation': (path) => truncateSync(path, 3000),
  'a missing folder': (path) => renameSync(dirname(path), `${dirname(path)}.gone`),
};

describe.each(Object.entries(FAILURES))('%s', (_, fail) => {
  it('does not make an inbox under load reopen the file again and again', async () => {
    const folder = join(dirname(temporaryFile()), 'data');
    mkdirSync(folder);
    const path = join(folder, 'calls.db');
    const before = openInbox({ path });
    for (let at = 0; at < 200; at++)
      await before.record(anEvent(`c${at}`, 'ringing', { raw: { text: 'x'.repeat(1000) } }));
    await before.close();
    const inbox = openInbox({ path, pollMs: 2 }, { engine: counting() });
    await inbox.counts();
    inbox.onJobs(() => {});
    fail(path);
    opened = 0;
    const codes = new Set<string>();
    const startedAt = performance.now();
    for (let at = 0; at < 300; at++) {
      const operations = [inbox.record(anEvent(`new${at}`)), inbox.getCall('acme', `c${at}`)];
      for (const result of await Promise.allSettled(operations)) {
        if (result.status === 'rejected') codes.add((result.reason as CallStatusError).code);
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    expect(codes.size).toBeGreaterThan(0);
    for (const code of codes) expect(['inbox_corrupted', 'inbox_replaced', 'inbox_unwritable']).toContain(code);
    // Two connections, about once a second each.
    expect(opened).toBeLessThanOrEqual(2 * Math.ceil(seconds + 1));
  });
});

it('a file that cannot be opened is retried about once a second', async () => {
  const path = temporaryFile();
  writeFileSync(path, 'no database'.repeat(1000));
  const inbox = openInbox({ path }, { engine: counting() });
  opened = 0;
  const startedAt = performance.now();
  for (let at = 0; at < 200; at++)
    await expect(inbox.record(anEvent(`c${at}`))).rejects.toMatchObject({ code: 'inbox_corrupted' });
  expect(opened).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 1000);
});

describe('a damaged file', () => {
  it('has the same error code in every operation', async () => {
    const path = temporaryFile();
    const before = openInbox({ path });
    for (let at = 0; at < 200; at++)
      await before.record(anEvent(`c${at}`, 'ringing', { raw: { text: 'x'.repeat(1000) } }));
    await before.close();
    const good = readFileSync(path);
    const inbox = openInbox({ path });
    await inbox.counts();
    damage(path, 2 * 4096, good.length);
    const codes: string[] = [];
    for (const operation of [
      () => inbox.take({ limit: 9, leaseMs: 1000, owner: 'test' }),
      () => inbox.listCalls({ provider: 'acme' }),
      () => inbox.getCall('acme', 'c1'),
      () => inbox.record(anEvent('c1', 'completed')),
    ]) {
      await operation().catch(({ code }) => codes.push(code));
    }
    expect(codes).toEqual(Array(4).fill('inbox_corrupted'));
  });
});

describe('a file that a later release migrates', () => {
  it('is rejected by the processes that have it open', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('c1'));
    const later = new (loadEngine())(path);
    later.exec('PRAGMA user_version = 99');
    const unsupported = { code: 'inbox_unsupported', message: expect.stringContaining('version 99') };
    await expect(inbox.record(anEvent('c2'))).rejects.toMatchObject(unsupported);
    await expect(inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' })).rejects.toMatchObject(unsupported);
    await expect(inbox.listCalls()).rejects.toMatchObject(unsupported);
    expect(later.prepare('SELECT count(*) AS calls FROM calls').get()).toEqual({ calls: 1 });
    // After a rollback of the deploy.
    later.exec('PRAGMA user_version = 1');
    later.close();
    await inbox.record(anEvent('c3'));
  });
});

describe('the -wal', () => {
  it('is shortened once a long reader has ended', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    await inbox.record(anEvent('first'));
    const reader = new (loadEngine())(path);
    reader.exec('BEGIN; SELECT count(*) FROM calls');
    const large = (at: number) => inbox.record(anEvent(`c${at}`, 'ringing', { raw: { text: 'x'.repeat(4_000_000) } }));
    for (let at = 0; at < 12; at++) await large(at);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(45_000_000);
    reader.exec('COMMIT');
    reader.close();
    for (let at = 0; at < 3; at++) await inbox.record(anEvent(`later${at}`));
    expect(statSync(`${path}-wal`).size).toBeLessThan(34_000_000);
  });
});

describe('closing', () => {
  it('while another program locks the file does not wait for busyTimeoutMs', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, busyTimeoutMs: 600_000 });
    await inbox.record(anEvent('c1'));
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const refused = expect(inbox.record(anEvent('c2'))).rejects.toMatchObject({ code: 'inbox_locked' });
    await inbox.close();
    await refused;
    other.close();
  });
});

describe('fake timers of an application', () => {
  it('do not stop events from being recorded and handled', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const handled: string[] = [];
    const inbox = openInbox({ path: temporaryFile() });
    const calls = createCallStatus({
      providers: [mycpaas({ token: 't' })],
      inbox,
      log: { info() {}, warn() {}, error() {} },
      onStatus: ({ callId }) => void handled.push(callId),
    });
    const body = Buffer.from('CallSid=CA1&CallStatus=ringing');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${body.length}` };
    const request = { method: 'POST', url: '/?token=t', headers, origin: 'https://example.com', body };
    expect((await calls.receive(request))?.status).toBe(200);
    // Node's own timer: the fake ones do not advance.
    while (handled.length === 0) await sleep(10);
    expect(handled).toEqual(['CA1']);
    await calls.close();
  });
});

// A host that moves its inbox from SQLite to PostgreSQL is killed again and again, while clients send callbacks.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { judge } from '../../packages/inbox-postgres/test/crash/journal.ts';
import { COURSE } from '../../packages/inbox-postgres/test/crash/settings.ts';
import { queryAt } from '../../packages/inbox-postgres/test/servers/postgres.ts';
import { freshSchema, sharedServer } from '../../packages/inbox-postgres/test/servers/test-server.ts';
import { CONCURRENCY } from './settings.ts';

const server = await sharedServer();

const CALLS = Array.from({ length: 240 }, (_, at) => `c${at}`);
/** The host is killed when so many calls have been moved. */
const KILLED_AT = [20, 80, 150];
const CLIENTS = 12;

/** A host in a process of its own, which is killed and started again. */
class Host {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #journal: string;
  #child!: ChildProcess;
  #lines!: Interface;
  #starts = 0;
  /** Where it listens; `undefined` while it does not. */
  port: number | undefined;

  private constructor(journal: string, environment: NodeJS.ProcessEnv) {
    this.#journal = journal;
    this.#environment = { ...process.env, NODE_OPTIONS: '', JOURNAL: journal, ...environment };
  }

  static async start(journal: string, environment: NodeJS.ProcessEnv): Promise<Host> {
    const host = new Host(journal, environment);
    onTestFinished(() => host.kill());
    await host.start();
    return host;
  }

  async start(): Promise<void> {
    const script = fileURLToPath(new URL('./host.ts', import.meta.url));
    this.#child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: { ...this.#environment, NAME: this.#name(++this.#starts) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#child.stdout as NonNullable<ChildProcess['stdout']>);
    this.port = Number(await this.#line());
  }

  async kill(): Promise<void> {
    this.port = undefined;
    if (this.#child.signalCode !== null || this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
    appendFileSync(this.#journal, `killed ${this.#name(this.#starts)}\n`);
  }

  async moved(): Promise<void> {
    const line = await this.#line();
    if (line !== 'moved') throw new Error(`Expected "moved", got "${line}".`);
  }

  async #line(): Promise<string> {
    return (await once(this.#lines, 'line'))[0];
  }

  #name(start: number): string {
    return `${this.#environment['SCHEMA'] === undefined ? 'old' : 'new'}-${start}`;
  }
}

/** Sends these callbacks of each call in order, each until it is acknowledged, as providers do. */
async function send(statuses: readonly string[], port: () => number | undefined): Promise<void> {
  const left = CALLS.values();
  const deliver = async (CallSid: string, CallStatus: string): Promise<void> => {
    for (;;) {
      const url = `http://127.0.0.1:${port() ?? 1}/?token=t`;
      const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ CallSid, CallStatus }) }).catch(
        () => undefined,
      );
      if (answer?.status === 200) return;
      await sleep(20);
    }
  };
  const client = async (): Promise<void> => {
    for (const callId of left) for (const status of statuses) await deliver(callId, status);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

describe.skipIf(server === undefined)('a host that moves from SQLite to PostgreSQL', () => {
  it('loses nothing and keeps the order when it is killed', { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'call-status-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [file, journal, schema] = [
      path.join(folder, 'calls.db'),
      path.join(folder, 'journal'),
      freshSchema(server as string),
    ];
    writeFileSync(journal, '');

    const old = await Host.start(journal, { FILE: file });
    await send(COURSE.slice(0, 2), () => old.port);
    await old.kill();

    const host = await Host.start(journal, { FILE: file, DATABASE: server, SCHEMA: schema });
    const sent = send(COURSE.slice(2), () => host.port);
    const moved = async (calls: number): Promise<void> => {
      const [found] = await queryAt(server as string, `SELECT count(*)::int AS calls FROM ${schema}.calls`);
      expect(found?.['calls']).toBeGreaterThanOrEqual(calls);
    };
    for (const calls of KILLED_AT) {
      await vi.waitFor(() => moved(calls), { timeout: 60_000, interval: 5 });
      await host.kill();
      expect(await callsIn(file)).toBeGreaterThan(0);
      await host.start();
    }
    await Promise.all([sent, host.moved()]);
    expect(await callsIn(file)).toBe(0);

    const inbox = postgresInbox({ url: server as string, schema });
    onTestFinished(() => inbox.close());
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 }), {
      timeout: 30_000,
    });
    const { handled, repeats, ...faults } = judge(readFileSync(journal, 'utf8').split('\n').slice(0, -1), CONCURRENCY);
    expect(faults).toEqual({ outOfOrder: [], twoAtATime: [], unexplained: [] });
    const all = CALLS.flatMap((callId) => COURSE.map((status) => `${callId} ${status}`)).sort();
    expect([...handled].sort()).toEqual(all);
    const events = await queryAt(server as string, `SELECT call_id, status, transition FROM ${schema}.events`);
    expect(events.map((row) => [row['call_id'], row['status']].join(' ')).sort()).toEqual(all);
    expect(new Set(events.map((row) => row['transition']))).toEqual(new Set(['advance']));
    console.log(`${events.length} events, ${repeats.length} handled again`);
  });
});

async function callsIn(file: string): Promise<number> {
  const inbox = sqliteInbox({ path: file });
  const { live, ended } = await inbox.counts();
  await inbox.close();
  return live + ended;
}

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { postgresInbox } from '../../src/index.ts';
import { queryAt } from '../servers/postgres.ts';
import { Follower } from './follower.ts';
import { Hosts } from './hosts.ts';
import { type Findings, judge } from './journal.ts';
import { Load } from './load.ts';
import { CONCURRENCY, EFFECTS, WITH_EFFECT } from './settings.ts';

const SCHEMA = 'crash';

/** Hosts, their clients and a reader of the feed, at one database. */
export interface Scene {
  readonly hosts: Hosts;
  readonly load: Load;
  /** Events that are in flight when the fault begins, and those that begin before it is over, may be handled again. */
  disturb(fault: () => unknown): Promise<void>;
  /** Waits until all is handled, and checks what must hold. Resolves to what happened, for people. */
  end(): Promise<string>;
}

/** @param urls of the database: more than one if it has a standby */
export async function startScene(urls: readonly [string, ...string[]]): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const journal = join(folder, 'journal');
  writeFileSync(journal, '');
  const { CRASH_BREAK } = process.env;
  const environment = { DATABASES: urls.join(' '), SCHEMA, JOURNAL: journal };
  const hosts = new Hosts({ ...environment, ...(CRASH_BREAK !== undefined && { BREAK: CRASH_BREAK }) });
  await hosts.started();
  await queryAt(urls[0], `CREATE TABLE ${SCHEMA}.${EFFECTS} (event text)`);
  const inbox = postgresInbox({ hosts: urls, schema: SCHEMA });
  onTestFinished(() => inbox.close());
  const follower = new Follower(inbox);
  const load = new Load(() => hosts.ports);
  return {
    hosts,
    load,
    async disturb(fault) {
      await load.isServed(20);
      appendFileSync(journal, 'disturbing\n');
      await fault();
      appendFileSync(journal, 'disturbed\n');
      await load.isServed(20);
    },
    async end() {
      await load.isServed(100);
      await load.stop();
      const isIdle = async (): Promise<void> => {
        expect(hosts.deaths).toEqual([]);
        expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
      };
      await vi.waitFor(isIdle, { timeout: 30_000, interval: 100 });
      const followed = await follower.stop();
      const codes = await hosts.stop();
      expect(hosts.deaths).toEqual([]);
      expect(codes).toEqual(codes.map(() => 0));
      const stored = await follower.readAll();
      const findings = judge(readFileSync(journal, 'utf8').split('\n').slice(0, -1), CONCURRENCY);
      expectNothingLost(load, stored, findings);
      expect(followed).toEqual(stored);
      const effects = await queryAt(urls.at(-1) as string, `SELECT event FROM ${SCHEMA}.${EFFECTS}`);
      const withEffect = stored.filter((event) => WITH_EFFECT.includes(event.split(' ')[1] as string));
      expect(effects.map(({ event }) => String(event)).sort()).toEqual([...withEffect].sort());
      return (
        `${load.acknowledged.size} events acknowledged, ${stored.length} stored, ${findings.handled.size} handled, ` +
        `${findings.repeats.length} handled again, ${load.refused} answers 503`
      );
    },
  };
}

function expectNothingLost(load: Load, stored: readonly string[], { handled, repeats, ...faults }: Findings): void {
  const known = new Set(stored);
  expect([...load.acknowledged].filter((event) => !known.has(event) || !handled.has(event))).toEqual([]);
  expect(known.size).toBe(stored.length);
  expect(known).toEqual(handled);
  expect(faults).toEqual({ outOfOrder: [], twoAtATime: [], unexplained: [] });
  expect(load.wrong).toEqual([]);
}

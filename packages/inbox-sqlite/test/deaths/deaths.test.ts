// Processes that die while they handle events. Only an event that may have caused a death is counted as interrupted.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CallStatus, Inbox } from '@call-status/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../../../test/bundle-program.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

let mortal: string;

beforeAll(async () => {
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.mortal-', import.meta.url)));
  mortal = await bundleProgram(fileURLToPath(new URL('./mortal.ts', import.meta.url)), folder);
  return () => rmSync(folder, { recursive: true, force: true });
});

const living = new Set<ChildProcess>();
afterEach(() => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts a process, and collects the lines that it prints. */
function live(environment: Record<string, string>): { child: ChildProcess; said: string[]; ended: Promise<unknown> } {
  const child = spawn(process.execPath, ['--max-old-space-size=96', mortal], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  living.add(child);
  const said: string[] = [];
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => said.push(line));
  const ended = once(child, 'exit').finally(() => living.delete(child));
  return { child, said, ended };
}

/** Restarts the process, as a supervisor does, until all events are handled. */
async function liveOn(path: string, environment: Record<string, string>, most: number): Promise<string[]> {
  const inbox = openInbox({ path });
  const all: string[] = [];
  for (let lives = 0; lives < most; lives++) {
    const { child, said, ended } = live({ DB: path, ...environment });
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await sleep(50);
      if (!(await isDone(inbox))) continue;
      child.kill('SIGTERM');
      await ended;
    }
    all.push(...said);
    if (await isDone(inbox)) return all;
  }
  throw new Error(`Not done after ${most} lives: ${all.join('\n')}`);
}

async function isDone(inbox: Inbox): Promise<boolean> {
  const { waiting, running } = await inbox.counts();
  return waiting + running === 0;
}

async function recordAll(path: string, callIds: readonly string[], statuses: readonly CallStatus[] = ['completed']) {
  const inbox = openInbox({ path });
  for (const callId of callIds) {
    for (const status of statuses) await inbox.record(anEvent(callId, status, { provider: 'mycpaas' }));
  }
}

const INNOCENT = Array.from({ length: 8 }, (_, at) => `innocent ${at}`);

describe('an event that kills its process', { timeout: 900_000 }, () => {
  it.each([
    ['by process.exit', ['exit 1']],
    ['beside another that exhausts the heap', ['exit 1', 'heap 1']],
  ])('dies %s, and nothing innocent with it', async (_, poisons) => {
    const path = temporaryFile();
    await recordAll(path, [...INNOCENT.slice(0, 4), ...poisons, ...INNOCENT.slice(4)]);
    const said = await liveOn(path, { ATTEMPTS: '1' }, 10 * poisons.length + 2);
    const inbox = openInbox({ path });
    const { rows } = await inbox.deadLetters.list();
    expect(rows.map(({ event }) => event.callId).sort()).toEqual(poisons);
    expect(rows[0]?.error).toMatch(/8 times an attempt began and had no result: the process died/);
    for (const callId of INNOCENT)
      expect(said.filter((line) => line === `handled ${callId} completed`)).toHaveLength(1);
  });

  it('dies in the middle of a call, whose other events are handled in order', async () => {
    const path = temporaryFile();
    await recordAll(path, ['exit 1', 'innocent'], ['ringing', 'in-progress']);
    await recordAll(path, ['innocent'], ['completed']);
    const said = await liveOn(path, { ATTEMPTS: '1' }, 12);
    const inbox = openInbox({ path });
    const { rows } = await inbox.deadLetters.list();
    expect(rows.map(({ event }) => `${event.callId} ${event.status}`)).toEqual(['exit 1 in-progress']);
    const handled = said.filter((line) => line.startsWith('handled'));
    expect(handled.filter((line) => line.includes('innocent'))).toEqual([
      'handled innocent ringing',
      'handled innocent in-progress',
      'handled innocent completed',
    ]);
    expect(handled).toContain('handled exit 1 ringing');
  });
});

describe('a process that dies again and again', { timeout: 900_000 }, () => {
  it('makes no dead letters of events whose handlers never failed, and handles them once it stays alive', async () => {
    const path = temporaryFile();
    await recordAll(path, INNOCENT);
    // Handlers take longer than the process lives.
    for (let lives = 0; lives < 9; lives++) {
      await live({ DB: path, LIFE_MS: '700', HANDLER_MS: '1000', LEASE_MS: '150' }).ended;
    }
    const inbox = openInbox({ path });
    expect(await inbox.counts()).toMatchObject({ dead: 0 });
    const said = await liveOn(path, { HANDLER_MS: '10' }, 1);
    expect(await inbox.counts()).toMatchObject({ dead: 0, waiting: 0, running: 0 });
    for (const callId of INNOCENT) expect(said).toContain(`handled ${callId} completed`);
    const attempts = said.filter((line) => line.startsWith('began')).map((line) => line.split(' ').at(-2));
    expect(new Set(attempts)).toEqual(new Set(['1']));
  });
});

describe('a process that is suspended for longer than its leases', { timeout: 60_000 }, () => {
  it('runs no event twice, and finishes those that no other process took', async () => {
    const path = temporaryFile();
    await recordAll(path, INNOCENT);
    const { child, said, ended } = live({ DB: path, HANDLER_MS: '2500', LEASE_MS: '1000' });
    while (said.filter((line) => line.startsWith('began')).length < INNOCENT.length) await sleep(20);
    child.kill('SIGSTOP');
    await sleep(2000);
    child.kill('SIGCONT');
    const inbox = openInbox({ path });
    while (!(await isDone(inbox))) await sleep(50);
    child.kill('SIGTERM');
    await ended;
    expect(said.filter((line) => line.startsWith('began'))).toHaveLength(INNOCENT.length);
    expect(said.filter((line) => line.startsWith('handled'))).toHaveLength(INNOCENT.length);
  });
});

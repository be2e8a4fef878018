import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { temporaryFile } from '../support.ts';
import { aMoment, KILLS, Load, Server } from './load.ts';

const CUTS = KILLS;

/** Why the power loss cannot be simulated here, or undefined. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it needs the LD_PRELOAD of Linux';
  if (spawnSync('cc', ['--version']).status !== 0) return 'it needs a C compiler (cc)';
  return undefined;
}

const missing = obstacle();

if (missing !== undefined) {
  it('says why the power loss is not simulated here', () => {
    console.warn(`The power loss is NOT simulated: ${missing}.`);
    expect(missing).toMatch(/^it needs/);
  });
} else {
  it(`loses nothing that was acknowledged when the power fails ${CUTS} times`, {
    timeout: 60_000 + CUTS * 30_000,
  }, async () => {
    const { acknowledged, lost } = await cutPower();
    console.log(`power failed ${CUTS} times: ${acknowledged} acknowledged, ${lost} lost`);
    expect(lost).toBe(0);
  });

  it('would lose some with synchronous=NORMAL, so the simulation does cut the power', {
    timeout: 120_000,
  }, async () => {
    const { acknowledged, lost } = await cutPower('NORMAL');
    console.log(`with synchronous=NORMAL: ${acknowledged} acknowledged, ${lost} lost`);
    expect(lost).toBeGreaterThan(0);
  });
}

/** Runs a server whose power fails, and counts acknowledged and lost events. */
async function cutPower(synchronous?: string): Promise<{ acknowledged: number; lost: number }> {
  const base = dirname(temporaryFile());
  const [folder, disk, library] = [join(base, 'folder'), join(base, 'disk'), join(base, 'power.so')];
  mkdirSync(folder);
  mkdirSync(disk);
  const source = fileURLToPath(new URL('./power.c', import.meta.url));
  const compiled = spawnSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  expect(compiled.stderr).toBe('');

  const path = join(folder, 'calls.db');
  const handled = join(base, 'handled');
  writeFileSync(handled, '');
  const server = new Server({
    DB: path,
    HANDLED: handled,
    LD_PRELOAD: library,
    POWER_FOLDER: folder,
    POWER_DISK: disk,
    ...(synchronous !== undefined && { SYNCHRONOUS: synchronous }),
  });
  await server.start();
  const load = new Load(server);
  for (let cut = 0; cut < CUTS; cut++) {
    await load.isServed();
    await aMoment();
    await server.kill();
    // The files as the machine finds them when it restarts.
    rmSync(folder, { recursive: true });
    cpSync(disk, folder, { recursive: true });
    await server.start();
  }
  await load.isEnough();
  await load.stop();
  await server.kill();
  rmSync(folder, { recursive: true });
  cpSync(disk, folder, { recursive: true });

  const db = new (loadEngine())(path);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const stored = new Set(
    db
      .prepare('SELECT event_id FROM events')
      .all()
      .map((row) => row['event_id']),
  );
  db.close();
  const { acknowledged } = load;
  return { acknowledged: acknowledged.size, lost: [...acknowledged].filter((id) => !stored.has(id)).length };
}

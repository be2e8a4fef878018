import { execFile } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { sqliteInbox } from '../../src/index.ts';
import { resolveOptions } from '../../src/options.ts';
import { SqliteInbox } from '../../src/sqlite-inbox.ts';
import { Connection } from '../../src/store/connection.ts';
import { anEvent } from '../events.ts';
import { openInbox, temporaryFile } from '../support.ts';

function open(options: Parameters<typeof sqliteInbox>[0]): SqliteInbox {
  const inbox = sqliteInbox(options) as SqliteInbox;
  onTestFinished(() => inbox.close());
  return inbox;
}

describe('a new inbox', () => {
  it('opens no file, not even when it is closed', async () => {
    const path = temporaryFile();
    const inbox = open({ path });
    await inbox.close();
    expect(existsSync(path)).toBe(false);
  });

  it('creates no file for a script that reads, and names the missing file', async () => {
    const path = temporaryFile();
    const inbox = open({ path });
    const missing = { code: 'inbox_missing', details: { path }, message: expect.stringContaining(path) };
    await expect(inbox.deadLetters.list()).rejects.toMatchObject(missing);
    await expect(inbox.deadLetters.replayAll()).rejects.toMatchObject(missing);
    await expect(inbox.counts()).rejects.toMatchObject(missing);
    await expect(inbox.record(anEvent('c1'))).rejects.toMatchObject(missing);
    expect(() => inbox.ready()).toThrow(expect.objectContaining({ code: 'inbox_missing' }));
    expect(existsSync(path)).toBe(false);
  });

  it('opens the file at the first use, and creates it with create: true', async () => {
    const path = temporaryFile();
    await open({ path, create: true }).record(anEvent('c1'));
    expect((await open({ path }).getCall('acme', 'c1'))?.status).toBe('ringing');
  });
});

describe('ready', () => {
  it('creates the file for a service, and has opened it twice when it returns', async () => {
    const path = temporaryFile();
    const inbox = open({ path });
    void inbox.ready({ create: true });
    const opened = await filesOf(process.pid, path);
    if (opened !== undefined) expect(opened).toBeGreaterThanOrEqual(2);
    expect(existsSync(path)).toBe(true);
    void inbox.ready({ create: true });
    await inbox.record(anEvent('c1'));
  });

  it('may be called again once the cause is fixed', async () => {
    const path = temporaryFile();
    writeFileSync(path, 'no database'.repeat(1000));
    const inbox = open({ path });
    expect(() => inbox.ready({ create: true })).toThrow(expect.objectContaining({ code: 'inbox_corrupted' }));
    writeFileSync(path, '');
    await vi.waitFor(() => inbox.ready({ create: true }));
    await inbox.record(anEvent('c1'));
  });

  it('reports the error of the thread when only the thread cannot open the file', () => {
    const options = resolveOptions({ path: temporaryFile() });
    const inbox = new SqliteInbox(options, new Connection(options.path, loadEngine()), () => {
      throw Object.assign(new Error('unable to open database file'), { errcode: 14, systemErrno: 24 });
    });
    expect(() => inbox.ready({ create: true })).toThrow('unable to open database file');
  });

  it('throws after close()', async () => {
    const inbox = open({ path: temporaryFile() });
    await inbox.close();
    expect(() => inbox.ready({ create: true })).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

/** How often a process has a file open; `undefined` if the system does not report it. */
async function filesOf(pid: number, path: string): Promise<number | undefined> {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return undefined;
  // Others come and go meanwhile.
  const files = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return files.filter((file) => file === path).length;
}

describe.runIf(process.platform === 'linux')('a process that has too many files open', () => {
  it('reports that, not a wrong path', async () => {
    const script = fileURLToPath(new URL('./crowded.ts', import.meta.url));
    const command = `ulimit -n 256 && exec ${process.execPath} --import tsx ${script} ${temporaryFile()}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(JSON.parse(stdout)).toEqual({ code: 'inbox_unwritable', hint: expect.stringContaining('EMFILE') });
  });
});

describe.runIf(process.platform !== 'win32')('the files', () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it.each([0, 0o22, 0o77])('are readable only for their owner with umask %i, including a new -wal', async (mask) => {
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
    const path = temporaryFile();
    for (const callId of ['c1', 'c2']) {
      const inbox = openInbox({ path });
      await inbox.record(anEvent(callId));
      expect(['', '-wal', '-shm'].map((part) => modeOf(path + part))).toEqual([0o600, 0o600, 0o600]);
      await inbox.close();
    }
  });

  it.each([
    [0o644, 1],
    [0o640, 0],
    [0o600, 0],
  ])('keep an existing mode %i, and the operator gets a warning', async (mode, warnings) => {
    const path = temporaryFile();
    writeFileSync(path, '', { mode });
    const onWarning = vi.fn();
    void openInbox({ path }).ready({ create: true, onWarning });
    expect(onWarning.mock.calls.map(([{ code, details }]) => [code, details.path])).toEqual(
      Array(warnings).fill(['inbox_exposed', path]),
    );
    expect(modeOf(path)).toBe(mode);
  });

  it('give a script that reads no warning', async () => {
    const path = temporaryFile();
    writeFileSync(path, '', { mode: 0o644 });
    await openInbox({ path }).counts();
    const onWarning = vi.fn();
    void openInbox({ path, create: false }).ready({ onWarning });
    expect(onWarning).not.toHaveBeenCalled();
  });
});

describe('a relative path', () => {
  it.each([
    ['production', 1],
    [undefined, 1],
    ['development', 0],
  ])('with NODE_ENV %s gives the operator one warning when a new file is created', (environment, warnings) => {
    const folder = dirname(temporaryFile());
    const cwd = process.cwd();
    process.chdir(folder);
    vi.stubEnv('NODE_ENV', environment);
    onTestFinished(() => {
      process.chdir(cwd);
      vi.unstubAllEnvs();
    });
    const onWarning = vi.fn(() => {
      throw new Error('A logger that throws must not stop the inbox.');
    });
    for (const _ of ['new', 'there']) void openInbox({ path: 'calls.db' }).ready({ create: true, onWarning });
    void openInbox({ path: join(folder, 'absolute.db') }).ready({ create: true, onWarning });
    const warned = onWarning.mock.calls.map(([warning]: unknown[]) => warning);
    expect(warned).toMatchObject(
      Array(warnings).fill({
        code: 'inbox_relative_path',
        details: { path: expect.stringMatching(/^\/.*calls\.db$/) },
      }),
    );
  });

  it('is reported by a process warning without a receiver', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warned.mockRestore());
    const path = temporaryFile();
    writeFileSync(path, '', { mode: 0o666 });
    await openInbox({ path }).counts();
    if (process.platform !== 'win32') {
      const options = { type: 'CallStatusWarning', code: 'inbox_exposed' };
      expect(warned).toHaveBeenCalledWith(expect.stringContaining(path), options);
    }
  });
});

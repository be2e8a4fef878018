// Inboxes that cannot be used: what is printed, and that nothing is created or changed.
import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshSchema, sharedServer } from '../../../inbox-postgres/test/servers/test-server.ts';
import { type Database, loadEngine } from '../../../inbox-sqlite/src/database/engine.ts';
import { run } from '../run.ts';
import { temporaryFolder } from '../servers.ts';
import { fill, INBOXES, queryIn } from './inboxes.ts';

const url = (await sharedServer()) ?? '';

const READING = [['inbox', 'ls'], ['inbox', 'check'], ['inbox', 'dead'], ['tail']] as const;

/** A file that a service has used and closed. */
async function aFile(): Promise<string> {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const { inbox, args } = await open();
  await fill(inbox);
  await inbox.close();
  return args[0] as string;
}

function change(path: string, sql: string): Database {
  const db = new (loadEngine())(path);
  db.exec(sql);
  return db;
}

describe('a file', () => {
  it.each(READING)('that does not exist is not created: %s %s', async (...command) => {
    const path = `${temporaryFolder()}/none.db`;
    const { stdout, stderr, exitCode } = await run([...command, path].filter((word) => word !== undefined));
    expect([stdout, exitCode]).toEqual(['', 4]);
    expect(stderr).toMatch(/The store of the inbox does not exist\. File: .*none\.db\..*Check its path/);
    expect(existsSync(path)).toBe(false);
  });

  it('that is no inbox is refused, and stays as it is', async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/text`, 'no database\n'.repeat(500));
    change(`${folder}/other.db`, 'CREATE TABLE t (a)').close();
    const [text, other] = await Promise.all([
      run(['inbox', 'ls', `${folder}/text`]),
      run(['inbox', 'replay', `${folder}/other.db`, '--all', '--yes']),
    ]);
    expect([text.exitCode, text.stderr]).toEqual([3, expect.stringContaining('is damaged, or is not a database')]);
    expect([other.exitCode, other.stderr]).toEqual([3, expect.stringContaining('the database of another program')]);
    expect(readFileSync(`${folder}/text`, 'utf8')).toBe('no database\n'.repeat(500));
  });

  it('of another version is not changed, by no command', async () => {
    const path = await aFile();
    for (const [version, text] of [
      [1, /The file has version 1, and this release reads \d+: start its service with this release once/],
      [99, /update @call-status\/inbox-sqlite/],
    ] as const) {
      // All of it is in the file itself, so that nothing has to be copied there later.
      change(path, `PRAGMA user_version = ${version}; PRAGMA wal_checkpoint(TRUNCATE)`).close();
      const before = readFileSync(path);
      const results = await Promise.all([
        run(['inbox', 'ls', path]),
        run(['inbox', 'check', path]),
        run(['inbox', 'replay', path, '--all', '--yes']),
        run(['inbox', 'forget', path, 'exotel', 'ab12cd34', '--yes']),
      ]);
      for (const { exitCode, stderr } of results) expect([exitCode, stderr]).toEqual([3, expect.stringMatching(text)]);
      expect(readFileSync(path)).toEqual(before);
    }
  });

  it.each<[name: string, tables: RegExp]>([
    ['calls_live', /version \d+, \d+ problems\n/],
    ['jobs', /too damaged to be checked\n/],
    ['inbox', /too damaged to be checked\n/],
  ])('that is damaged in %s is checked as far as possible', async (name, tables) => {
    const path = await aFile();
    const db = change(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
    const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
    const { page } = db.prepare('SELECT rootpage AS page FROM sqlite_schema WHERE name = ?').get(name) as {
      page: number;
    };
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(100, 0xff), 0, 100, (page - 1) * size);
    closeSync(file);
    const [shown, json] = await Promise.all([run(['inbox', 'check', path]), run(['inbox', 'check', path, '--json'])]);
    expect([shown.exitCode, shown.stderr]).toEqual([1, '']);
    expect(shown.stdout).toMatch(tables);
    expect(shown.stdout).toContain('    fix  Stop the service, and restore a backup.\n');
    expect([json.exitCode, JSON.parse(json.stdout)]).toMatchObject([
      1,
      { ok: false, findings: expect.arrayContaining([expect.objectContaining({ code: 'damaged' })]) },
    ]);
  });

  it('that another program has locked can be read; writing says what to do', async () => {
    const path = await aFile();
    const db = change(path, 'BEGIN IMMEDIATE');
    onTestFinished(() => db.close());
    const [list, replay] = await Promise.all([
      run(['inbox', 'ls', path]),
      run(['inbox', 'replay', path, '--all', '--yes']),
    ]);
    expect([list.exitCode, list.stderr]).toEqual([0, '']);
    expect([replay.exitCode, replay.stderr]).toEqual([3, expect.stringContaining('End its transaction')]);
  });

  it.runIf(process.getuid?.() !== 0)('that may not be read, or not be written', async () => {
    const path = await aFile();
    chmodSync(path, 0o400);
    const [list, replay] = await Promise.all([
      run(['inbox', 'ls', path]),
      run(['inbox', 'replay', path, '--all', '--yes']),
    ]);
    expect(list.exitCode).toBe(0);
    expect([replay.exitCode, replay.stderr]).toEqual([3, expect.stringContaining('owner and permissions')]);
  });
});

describe.skipIf(url === '')('a database', () => {
  it('without the schema, or that cannot be reached, is refused; no error has the password', async () => {
    const schema = freshSchema(url);
    const closed = new URL(url);
    closed.port = '1';
    closed.password = 'hunter22';
    const absent = new URL(url);
    absent.pathname = '/no_such_database';
    const [missing, check, unreachable, none, wrong] = await Promise.all([
      run(['inbox', 'ls', url, '--schema', schema]),
      run(['inbox', 'check', url, '--schema', schema]),
      run(['inbox', 'ls', 'env:DATABASE_URL'], { env: { DATABASE_URL: closed.href } }),
      run(['tail', absent.href]),
      run(['inbox', 'ls', 'env:NOT_SET']),
    ]);
    const text = `The database has no schema ${schema} with the tables of an inbox.`;
    expect([missing.exitCode, missing.stderr]).toEqual([4, expect.stringContaining(text)]);
    expect([check.exitCode, check.stderr]).toEqual([4, expect.stringContaining(text)]);
    expect([unreachable.exitCode, unreachable.stderr]).toEqual([3, expect.stringContaining('Is the server running?')]);
    expect(unreachable.stderr).not.toContain('hunter22');
    expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('no_such_database')]);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('NOT_SET')]);
    expect(await queryIn([url], `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`)).toEqual([]);
  });

  it('of a newer version that allows no older writer is refused', async () => {
    const [, open] = INBOXES[1] as (typeof INBOXES)[number];
    const { args } = await open();
    await queryIn(args, 'INSERT INTO $schema.migrations (version, oldest_writer) VALUES (9, 9)');
    const [place = '', ...schema] = args;
    const { exitCode, stderr } = await run(['inbox', 'ls', place, ...schema]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('Update @call-status/inbox-postgres.')]);
  });
});

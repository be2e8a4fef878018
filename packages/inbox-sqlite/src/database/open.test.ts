import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { type Database, type DatabaseClass, loadEngine, type Statement } from './engine.ts';
import { openDatabase, pragma } from './open.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema/schema.ts';

const engine = loadEngine();
const schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";

describe('openDatabase', () => {
  it('writes every commit through to disk, in new and existing files', () => {
    const path = temporaryFile();
    for (const _ of ['new', 'reopened', 'reopened again']) {
      const db = openDatabase(engine, path, { create: true, waitMs: 0 });
      expect(pragma(db, 'PRAGMA journal_mode')).toBe('wal');
      expect(pragma(db, 'PRAGMA synchronous')).toBe(2);
      expect(pragma(db, 'PRAGMA fullfsync')).toBe(1);
      expect(pragma(db, 'PRAGMA checkpoint_fullfsync')).toBe(1);
      db.close();
    }
  });

  it('does so on the connection that the inbox uses', async () => {
    const path = temporaryFile();
    const seen: unknown[] = [];
    const look = (db: Database) => seen.push(pragma(db, 'PRAGMA synchronous'));
    for (const _ of ['new', 'reopened']) {
      const inbox = openInbox({ path }, { onOpen: look });
      void inbox.ready();
      await inbox.close();
    }
    expect(seen).toEqual([2, 2]);
  });

  it('migrates a file of an earlier version, and keeps its rows', () => {
    const path = temporaryFile();
    const before = openDatabase(engine, path, { create: true, waitMs: 0 });
    expect(pragma(before, 'PRAGMA user_version')).toBe(MIGRATIONS.length);
    before.exec("INSERT INTO tombstones VALUES ('hash', 7)");
    before.close();
    const migrations = [
      ...MIGRATIONS,
      (db: Database) => db.exec('ALTER TABLE tombstones ADD COLUMN note TEXT'),
      (db: Database) => db.exec('CREATE TABLE notes (id INTEGER)'),
    ];
    for (const _ of ['migrated', 'reopened']) {
      const db = openDatabase(engine, path, { create: false, waitMs: 0, migrations });
      expect(pragma(db, 'PRAGMA user_version')).toBe(migrations.length);
      expect(db.prepare('SELECT hash, until, note FROM tombstones').all()).toEqual([
        { hash: 'hash', until: 7, note: null },
      ]);
      expect(pragma(db, 'SELECT count(*) FROM notes')).toBe(0);
      db.close();
    }
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining(`version ${migrations.length}, this release knows ${MIGRATIONS.length}`),
      }),
    );
  });

  it('says only that a file is locked if its version cannot be read either', () => {
    const path = temporaryFile();
    const other = new engine(path);
    other.exec('CREATE TABLE notes (id INTEGER); BEGIN EXCLUSIVE');
    expect(() => openDatabase(engine, path, { create: false, waitMs: 0 })).toThrow('database is locked');
    other.close();
  });

  it('gives a new file the schema of a migrated one', () => {
    const [migrated, fresh] = [temporaryFile(), temporaryFile()];
    const migrations = [...MIGRATIONS, (db: Database) => db.exec('CREATE TABLE notes (id INTEGER)')];
    openDatabase(engine, migrated, { create: true, waitMs: 0 }).close();
    const schemas = [migrated, fresh].map((path) => {
      const db = openDatabase(engine, path, { create: true, waitMs: 0, migrations });
      const values = [pragma(db, schema), pragma(db, 'PRAGMA user_version'), pragma(db, 'PRAGMA application_id')];
      db.close();
      return values;
    });
    expect(schemas[0]).toEqual(schemas[1]);
    expect(schemas[0]?.[2]).toBe(APPLICATION_ID);
  });

  it.each([0, 1, 99])('rejects the database of another program unchanged, whatever its version: %i', (version) => {
    const path = temporaryFile();
    const foreign = new engine(path);
    foreign.exec(`CREATE TABLE hours (work INTEGER); PRAGMA user_version = ${version}`);
    foreign.close();
    expect(() => openDatabase(engine, path, { create: true, waitMs: 0 })).toThrow(
      expect.objectContaining({ code: 'inbox_unsupported', message: expect.stringContaining('of another program') }),
    );
    const db = new engine(path);
    expect(pragma(db, schema)).toBe('CREATE TABLE hours (work INTEGER)');
    expect(pragma(db, 'PRAGMA journal_mode')).toBe('delete');
    db.close();
  });

  it('rejects the empty database of another program unchanged', () => {
    const path = temporaryFile();
    const foreign = new engine(path);
    foreign.exec('PRAGMA application_id = 7; VACUUM');
    foreign.close();
    expect(() => openDatabase(engine, path, { create: true, waitMs: 0 })).toThrow(
      expect.objectContaining({ code: 'inbox_unsupported', message: expect.stringContaining('of another program') }),
    );
    const db = new engine(path);
    expect(pragma(db, 'PRAGMA application_id')).toBe(7);
    expect(pragma(db, 'PRAGMA journal_mode')).toBe('delete');
    db.close();
  });

  it.each([
    'PRAGMA user_version = 1',
    'PRAGMA user_version = 2',
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 2`,
    `PRAGMA application_id = ${APPLICATION_ID}`,
  ])('calls an inbox without tables damaged: %s', (sql) => {
    const path = temporaryFile();
    const db = new engine(path);
    db.exec(`${sql}; VACUUM`);
    db.close();
    for (const create of [true, false]) {
      expect(() => openDatabase(engine, path, { create, waitMs: 0 })).toThrow(
        expect.objectContaining({ code: 'inbox_corrupted', details: expect.objectContaining({ path }) }),
      );
    }
  });

  it('leaves the file unchanged when a migration fails', () => {
    const path = temporaryFile();
    const broken = class extends engine {
      override exec(sql: string): void {
        super.exec(sql.includes('CREATE TABLE tombstones') ? `${sql}; no SQL` : sql);
      }
    } as DatabaseClass;
    expect(() => openDatabase(broken, path, { create: true, waitMs: 0 })).toThrow('syntax error');
    const db = new engine(path);
    expect(pragma(db, 'SELECT count(*) FROM sqlite_schema')).toBe(0);
    db.close();
    openDatabase(engine, path, { create: true, waitMs: 0 }).close();
  });

  it('creates no file unless asked to, and treats an empty one as missing', () => {
    for (const content of [undefined, '']) {
      const path = temporaryFile();
      if (content !== undefined) writeFileSync(path, content);
      expect(() => openDatabase(engine, path, { create: false, waitMs: 0 })).toThrow(
        expect.objectContaining({ code: 'inbox_missing', details: expect.objectContaining({ path }) }),
      );
      expect(existsSync(path)).toBe(content !== undefined);
    }
  });

  it('creates a file that has its tables without its -wal', () => {
    const path = temporaryFile();
    const open = openDatabase(engine, path, { create: true, waitMs: 0 });
    copyFileSync(path, `${path}.copy`);
    const copy = new engine(`${path}.copy`);
    expect(pragma(copy, schema)).toBe(pragma(open, schema));
    copy.close();
    open.close();
  });

  it('rejects a file of a later version unchanged', () => {
    const path = temporaryFile();
    const later = new engine(path);
    later.exec('PRAGMA user_version = 99');
    later.close();
    expect(() => openInbox({ path }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining(`version 99, this release knows ${MIGRATIONS.length}`),
      }),
    );
    const db = new engine(path);
    expect(pragma(db, 'PRAGMA user_version')).toBe(99);
    db.close();
  });

  it('rejects :memory:, which is not durable', () => {
    expect(() => openInbox({ path: ':memory:' }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining('must be a file on a local disk'),
      }),
    );
  });

  it('rejects a place where commits are not durable', () => {
    const volatile = class extends engine {
      override prepare(sql: string): Statement {
        return super.prepare(sql === 'PRAGMA journal_mode = WAL' ? "SELECT 'memory'" : sql);
      }
    } as DatabaseClass;
    expect(() => openDatabase(volatile, temporaryFile(), { create: true, waitMs: 0 })).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining('journal_mode is memory, synchronous is 2'),
      }),
    );
  });

  it('rejects a version of SQLite that can lose commits', () => {
    const old = class extends engine {
      override prepare(sql: string): Statement {
        return super.prepare(sql === 'SELECT sqlite_version()' ? "SELECT '3.45.1'" : sql);
      }
    } as DatabaseClass;
    expect(() => openDatabase(old, temporaryFile(), { create: true, waitMs: 0 })).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringMatching(/SQLite 3\.45\.1 .* 3\.51\.3 or later/),
      }),
    );
  });
});

import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { type Database, type DatabaseClass, loadEngine, type Statement } from './engine.ts';
import { openDatabase, pragma } from './open.ts';
import { MIGRATIONS } from './schema.ts';

const engine = loadEngine();
const schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";

describe('openDatabase', () => {
  it('writes every commit through to the disk, also in a file that exists already', () => {
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
      inbox.ready();
      await inbox.close();
    }
    expect(seen).toEqual([2, 2]);
  });

  it('brings a file of every earlier version up to date', () => {
    const fresh = openDatabase(engine, temporaryFile(), { create: true, waitMs: 0 });
    for (let version = 0; version <= MIGRATIONS.length; version++) {
      const path = temporaryFile();
      const old = new engine(path);
      for (const migration of MIGRATIONS.slice(0, version)) old.exec(migration);
      old.exec(`PRAGMA user_version = ${version}`);
      old.close();
      const db = openDatabase(engine, path, { create: true, waitMs: 0 });
      expect(pragma(db, 'PRAGMA user_version')).toBe(MIGRATIONS.length);
      expect(pragma(db, schema)).toBe(pragma(fresh, schema));
      db.close();
    }
    fresh.close();
  });

  it('leaves the database of another program alone', () => {
    const path = temporaryFile();
    const foreign = new engine(path);
    foreign.exec('CREATE TABLE hours (work INTEGER)');
    foreign.close();
    expect(() => openDatabase(engine, path, { create: true, waitMs: 0 })).toThrow(
      expect.objectContaining({ code: 'inbox_unsupported', message: expect.stringContaining('of another program') }),
    );
    const db = new engine(path);
    expect(pragma(db, schema)).toBe('CREATE TABLE hours (work INTEGER)');
    expect(pragma(db, 'PRAGMA journal_mode')).toBe('delete');
    db.close();
  });

  it('leaves a file as it was when a migration fails', () => {
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

  it('makes no file unless it may, and takes an empty one for none', () => {
    for (const content of [undefined, '']) {
      const path = temporaryFile();
      if (content !== undefined) writeFileSync(path, content);
      expect(() => openDatabase(engine, path, { create: false, waitMs: 0 })).toThrow(
        expect.objectContaining({ code: 'inbox_missing', details: expect.objectContaining({ path }) }),
      );
      expect(existsSync(path)).toBe(content !== undefined);
    }
  });

  it('makes a file whose copy alone has its tables', () => {
    const path = temporaryFile();
    const open = openDatabase(engine, path, { create: true, waitMs: 0 });
    copyFileSync(path, `${path}.copy`);
    const copy = new engine(`${path}.copy`);
    expect(pragma(copy, schema)).toBe(pragma(open, schema));
    copy.close();
    open.close();
  });

  it('refuses a file of a later version, and leaves it alone', () => {
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

  it('refuses memory, which no commit makes durable', () => {
    expect(() => openInbox({ path: ':memory:' }).ready()).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining('has to be a file on a local disk'),
      }),
    );
  });

  it('refuses a place where a commit is not durable', () => {
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

  it('refuses an SQLite that can lose commits', () => {
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

import { describe, expect, it, vi } from 'vitest';
import { type DatabaseClass, isSafeVersion, loadEngine } from './engine.ts';

const Own = class {} as unknown as DatabaseClass;
const Installed = class {} as unknown as DatabaseClass;
const installed = () => ({ DatabaseSync: Installed });

describe('loadEngine', () => {
  it("takes Node's own SQLite", () => {
    expect(loadEngine({ builtin: () => ({ DatabaseSync: Own }), builtinVersion: '3.53.4', installed })).toBe(Own);
  });

  it('takes the installed package if Node has no SQLite, none without a flag, or an old one', () => {
    expect(loadEngine({ builtin: () => undefined, builtinVersion: undefined, installed })).toBe(Installed);
    expect(loadEngine({ builtin: () => undefined, builtinVersion: '3.51.3', installed })).toBe(Installed);
    const old = { builtin: () => ({ DatabaseSync: Own }), builtinVersion: '3.47.2', installed };
    expect(loadEngine(old)).toBe(Installed);
  });

  it('does not load an unused one, since Node would print a warning', () => {
    for (const builtinVersion of ['3.49.1', undefined]) {
      const builtin = vi.fn(() => ({ DatabaseSync: Own }));
      loadEngine({ builtin, builtinVersion, installed });
      expect(builtin).not.toHaveBeenCalled();
    }
  });

  it('says what to install if there is no safe SQLite', () => {
    const missing = () => {
      throw new Error('Cannot find module');
    };
    expect(() => loadEngine({ builtin: () => undefined, builtinVersion: undefined, installed: missing })).toThrow(
      expect.objectContaining({
        code: 'inbox_unsupported',
        message: expect.stringContaining(
          'install @photostructure/sqlite, or run a Node whose SQLite is 3.51.3 or later (node -p process.versions.sqlite).',
        ),
      }),
    );
  });

  it('finds one that works on this host', () => {
    const db = new (loadEngine())(':memory:');
    const row = db.prepare('SELECT sqlite_version() AS version').get();
    expect(isSafeVersion(row?.['version'])).toBe(true);
    db.close();
  });
});

describe('isSafeVersion', () => {
  it('accepts the releases without the WAL-reset bug', () => {
    for (const version of ['3.51.3', '3.51.10', '3.52.0', '3.53.4', '3.50.7', '3.44.6', '4.0.0']) {
      expect(isSafeVersion(version), version).toBe(true);
    }
  });

  it('rejects the releases with it', () => {
    for (const version of ['3.51.2', '3.50.6', '3.45.1', '3.44.5', '3.7.17', '3', '2.8.0', '']) {
      expect(isSafeVersion(version), version).toBe(false);
    }
    expect(isSafeVersion(undefined)).toBe(false);
  });
});

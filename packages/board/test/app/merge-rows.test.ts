import { describe, expect, it } from 'vitest';
import { appendRows, insertRows, mergeRows, rowsToShow } from '../../app/calls/merge-rows.ts';
import type { CallRow } from '../../src/api/types.ts';

/** A call that began in that second. */
function call(second: number, status = 'queued'): CallRow {
  const firstEventAt = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  return { key: `k${second}`, status, firstEventAt } as CallRow;
}

function keysOf(rows: readonly CallRow[]): readonly string[] {
  return rows.map(({ key }) => key);
}

const SHOWN = [call(30), call(20), call(10)];

describe('mergeRows', () => {
  it('replaces a call in its place', () => {
    const { rows, fresh } = mergeRows(SHOWN, { rows: [call(20, 'busy')], keys: new Set(['k20']) });
    expect(keysOf(rows)).toEqual(['k30', 'k20', 'k10']);
    expect(rows[1]?.status).toBe('busy');
    expect(fresh).toEqual([]);
  });

  it('drops a call that changed and no longer matches, unless the visitor is on it', () => {
    const changes = { rows: [], keys: new Set(['k20', 'k10']) };
    expect(keysOf(mergeRows(SHOWN, changes).rows)).toEqual(['k30']);
    expect(keysOf(mergeRows(SHOWN, changes, 'k20').rows)).toEqual(['k30', 'k20']);
  });

  it('keeps calls that are not known to have changed', () => {
    expect(mergeRows(SHOWN, { rows: [], keys: new Set(['k99']) }).rows).toEqual(SHOWN);
  });

  it('returns new calls apart, the newest first', () => {
    const { rows, fresh } = mergeRows(SHOWN, { rows: [call(40), call(50)], keys: new Set(['k40', 'k50']) });
    expect(rows).toEqual(SHOWN);
    expect(keysOf(fresh)).toEqual(['k50', 'k40']);
  });
});

describe('insertRows', () => {
  it('puts each call where it belongs', () => {
    const rows = insertRows(SHOWN, [call(40), call(25), call(5)]);
    expect(keysOf(rows)).toEqual(['k40', 'k30', 'k25', 'k20', 'k10', 'k5']);
  });

  it('fills an empty list', () => {
    expect(keysOf(insertRows([], [call(2), call(1)]))).toEqual(['k2', 'k1']);
  });
});

describe('rowsToShow', () => {
  const fresh = [call(25), call(5)];

  it('leaves calls beyond the last row to the next page, if there is one', () => {
    expect(keysOf(rowsToShow(fresh, SHOWN, false))).toEqual(['k25']);
    expect(rowsToShow(fresh, SHOWN, true)).toEqual(fresh);
  });

  it('has all of them for an empty list', () => {
    expect(rowsToShow(fresh, [], false)).toEqual(fresh);
  });
});

it('a page that overlaps does not double calls', () => {
  expect(keysOf(appendRows(SHOWN, [call(10), call(9)]))).toEqual(['k30', 'k20', 'k10', 'k9']);
});

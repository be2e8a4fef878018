import { BOOT, type Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The retention of a new file. */
const RETENTION_MS = 30 * DAY_MS;

export const SETTINGS_SQL: Sql<'insert' | 'read' | 'restarted' | 'retain' | 'swept' | 'doubt'> = {
  insert: `
    INSERT OR IGNORE INTO inbox (id, retention_ms, retention_given, boot, clock_offset, swept_at, swept_mono)
    VALUES (1, ${RETENTION_MS}, 0, ?, ?, ?, ?)`,
  read: 'SELECT * FROM inbox WHERE id = 1',
  restarted: 'UPDATE inbox SET boot = ?, clock_offset = ?, swept_mono = 0, doubted_mono = NULL WHERE id = 1',
  retain: 'UPDATE inbox SET retention_ms = ?, retention_given = 1 WHERE id = 1',
  swept: 'UPDATE inbox SET swept_at = ?, swept_mono = ?, doubted_mono = NULL WHERE id = 1',
  doubt: 'UPDATE inbox SET doubted_mono = ? WHERE id = 1',
};

/** Whether a process may sweep now. */
export type SweepLeave = 'yes' | 'no' | 'clock_stepped';

/** The settings that belong to the file: its retention, when it was last swept, and the offset of its clock. */
export class Settings {
  readonly #statements: Statements<typeof SETTINGS_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, SETTINGS_SQL);
  }

  /** @returns the offset to add to the host's monotonic clock, the same in all processes until the host restarts */
  clockOffset(wall: number, mono: number, readOnly: boolean): number {
    const { insert, read, restarted } = this.#statements;
    const offset = wall - mono;
    const row = read.get();
    if (readOnly) return row?.['boot'] === BOOT ? row['clock_offset'] : offset;
    if (row === undefined) insert.run(BOOT, offset, wall, mono);
    else if (row['boot'] !== BOOT) restarted.run(BOOT, offset);
    return read.get()?.['clock_offset'];
  }

  read(): { readonly retentionMs: number | null; readonly isGiven: boolean } {
    const row = this.#statements.read.get() as Row;
    return { retentionMs: row['retention_ms'], isGiven: row['retention_given'] === 1 };
  }

  /** Stores the retention given by an option, and returns the previous one if it was. The last one stored applies. */
  retain(retentionMs: number): number | undefined {
    const { retentionMs: before, isGiven } = this.read();
    this.#statements.retain.run(Number.isFinite(retentionMs) ? Math.ceil(retentionMs) : null);
    return isGiven ? (before ?? Number.POSITIVE_INFINITY) : undefined;
  }

  /**
   * One process sweeps at a time, and none while the system time is in doubt: when it has advanced far more than the time that passed since
   * the last sweep. Nothing is removed until it is right again, or has been stable for a day (or the retention, if that is shorter).
   */
  maySweep(sweepMs: number, now: Now): SweepLeave {
    const { swept, doubt, read } = this.#statements;
    const { wall, mono } = now;
    const row = read.get() as Row;
    const passed = passedSince(row, now);
    if (isAhead(row, now)) {
      const doubted = row['doubted_mono'];
      if (doubted === null || mono < doubted) doubt.run(mono);
      if (doubted === null || mono - doubted < Math.min(DAY_MS, retentionOf(row))) return 'clock_stepped';
    } else if (passed > 0 && passed < sweepMs / 2 && wall >= row['swept_at']) return 'no';
    swept.run(wall, mono);
    return 'yes';
  }

  /** Whether the system time has not stepped since the sweep began. */
  isTimeRight(now: Now): boolean {
    return !isAhead(this.#statements.read.get() as Row, now);
  }
}

function isAhead(row: Row, now: Now): boolean {
  return now.wall - row['swept_at'] - passedSince(row, now) > toleranceOf(retentionOf(row));
}

/** Since the last sweep. After a restart of the host, only the time since then is known. */
function passedSince({ swept_mono: sweptMono }: Row, { mono }: Now): number {
  return mono >= sweptMono ? mono - sweptMono : mono;
}

function retentionOf(row: Row): number {
  return row['retention_ms'] ?? RETENTION_MS;
}

/** How far the system time may run ahead: clocks are corrected by small amounts. */
function toleranceOf(retentionMs: number): number {
  return Math.max(1000, Math.min(HOUR_MS, retentionMs / 10));
}

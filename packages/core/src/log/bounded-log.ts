import { AsyncResource } from 'node:async_hooks';
import { clearTimeout, setTimeout } from '../timer.ts';
import { type Logger, writesDebug } from './log.ts';

/** Lines of one kind per minute; further lines are only counted. */
const LINES = 10;
const MINUTE_MS = 60_000;
/** Reasons may come from custom providers. Beyond this number, all lines of a level count as one kind. */
const MOST_KINDS = 200;

type Level = 'debug' | 'warn' | 'error';

/** What was written of one kind in the current minute. */
interface Kind {
  readonly level: Level;
  readonly details: object;
  readonly name: string;
  lines: number;
}

/**
 * Writes to a logger, and limits how much: anyone can send requests that are rejected. It writes ten lines per minute of each kind (code or
 * reason, and provider), counts the rest, and writes the count at the end of the minute.
 */
export class BoundedLog {
  readonly #log: Logger;
  readonly #kinds = new Map<string, Kind>();
  /** Runs in the async context of the receiver, not of the request that happened to be first. */
  readonly #atEndOfMinute = AsyncResource.bind(() => this.flush());
  #minute: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Whether debug lines are written. Check first: a request that is passed on must cost nothing. */
  get isDebug(): boolean {
    return writesDebug(this.#log);
  }

  /**
   * Writes a line, or counts it.
   *
   * @param name the name of this kind, for the line with the count
   * @param kind the details that its lines have in common, for that line
   */
  write(level: Level, name: string, kind: object, details: object, message: string): void {
    const known = this.#kindOf(level, name, kind);
    known.lines++;
    if (known.lines <= LINES) this.#call(level, details, message);
    this.#minute ??= setTimeout(this.#atEndOfMinute, MINUTE_MS).unref();
  }

  /** Writes the counts. */
  flush(): void {
    clearTimeout(this.#minute);
    this.#minute = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { level, details, name, lines } of kinds) {
      const more = lines - LINES;
      if (more > 0) this.#call(level, { ...details, more }, `${name}: ${more} more within a minute.`);
    }
  }

  #kindOf(level: Level, name: string, details: object): Kind {
    const key = this.#kinds.size < MOST_KINDS ? JSON.stringify([level, name, details]) : level;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = { level, details, name, lines: 0 };
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  /** A failing logger must not stop an event, and there is nowhere left to report the failure. */
  #call(level: Level, details: object, message: string): void {
    try {
      this.#log[level]?.(details, message);
    } catch {}
  }
}

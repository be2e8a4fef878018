import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** How long the inbox waits, by the names of its options. */
export interface TimeLimits {
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

/** A server took longer than a limit of the inbox. It may still be at work. */
export class TimeLimitError extends Error {}

/** The texts of `pg` and its pool about limits that ran out. */
const LIMITS: readonly [text: RegExp, option: keyof TimeLimits, what: string][] = [
  [/^Query read timeout$/, 'queryTimeoutMs', 'It did not answer'],
  [/^timeout expired$|due to connection timeout$/, 'connectTimeoutMs', 'It did not accept a connection'],
  [/^timeout exceeded when trying to connect$/, 'connectTimeoutMs', 'No connection for reading was free'],
];

/** The servers that errors came from. */
const servers = new WeakMap<object, string>();

/** Notes which server an error came from, and says which limit ran out. */
export function fromServer(error: unknown, server: string | undefined, limits: TimeLimits): unknown {
  const named = error instanceof Error ? withLimit(error, limits) : error;
  if (server !== undefined && named instanceof Error) servers.set(named, server);
  return named;
}

/** The server that an error came from, without credentials. */
export function serverOf(error: unknown): string | undefined {
  return servers.get(Object(error));
}

/** A server without its credentials: `db.internal:5432/voice`. */
export function nameOf({ host, port, database }: Pick<Client, 'host' | 'port' | 'database'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database ?? ''}`;
}

/** The server that a configuration leads to. Opens nothing: the `stream` of a pool may connect at once. */
export function nameOfConfig(config: ClientConfig): string {
  return nameOf(new Client({ ...config, stream: () => new Socket() }));
}

/** A span of time, for people. */
export function spanOf(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function withLimit(error: Error, limits: TimeLimits): Error {
  const found = LIMITS.find(([text]) => text.test(error.message));
  if (found === undefined) return error;
  const [, option, what] = found;
  return new TimeLimitError(`${what} within ${spanOf(limits[option])} (${option}).`, { cause: error });
}

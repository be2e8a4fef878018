import { hostname } from 'node:os';
import process from 'node:process';
import type { ClientConfig } from 'pg';
import type { ResolvedOptions } from '../options.ts';

/** The parameters of a URL that set up TLS, and would take the place of `ssl`. */
const TLS_PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/** How to connect to each server, in the order in which to try them. */
export function configsOf(options: ResolvedOptions): readonly ClientConfig[] {
  const { url, hosts = [url as string], pool } = options;
  if (pool === undefined) return hosts.map((host) => configOf(host, options));
  // Two of its options are hidden from a spread: `password`, and `ssl.key`, which `pg` looks for.
  return [{ ...pool.options, password: pool.options.password, ...shared(options) }];
}

/** How to connect to the server on which to listen; `undefined`: to any that can be written. */
export function listenConfigOf(options: ResolvedOptions): ClientConfig | undefined {
  return options.listenUrl === undefined ? undefined : configOf(options.listenUrl, options);
}

function configOf(url: string, options: ResolvedOptions): ClientConfig {
  const { ssl } = options;
  if (ssl === undefined) return { connectionString: url, ...shared(options) };
  const bare = new URL(url);
  for (const name of TLS_PARAMETERS) bare.searchParams.delete(name);
  return { connectionString: bare.href, ssl, ...shared(options) };
}

function shared({ connectTimeoutMs, queryTimeoutMs }: ResolvedOptions): ClientConfig {
  return {
    connectionTimeoutMillis: connectTimeoutMs,
    // In the client: a server that hangs does not count. PgBouncer refuses timeouts for the server.
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Not `application_name`, which the URL may have. The server keeps 63 bytes.
    fallback_application_name: `call-status ${hostname()}:${process.pid}`.slice(0, 63),
  };
}

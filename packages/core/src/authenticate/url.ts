const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** Scheme; user, password and host; port. No more is read, so path and query stay as they came, byte for byte. */
const ORIGIN = /^(https?:)(\/\/[^/?#]*?)(:\d+)?(?=[/?#]|$)/i;

/**
 * The forms of a URL over which a provider may have made its signature: as it is, and with the scheme's default port
 * added or taken away. SignalWire's own SDK tries both, because its servers do not agree with themselves.
 */
export function urlCandidates(url: string): readonly string[] {
  const [origin, scheme = '', host, port] = ORIGIN.exec(url) ?? [];
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  if (origin === undefined || (port !== undefined && port !== defaultPort)) return [url];
  const rest = url.slice(origin.length);
  return [url, port === undefined ? origin + defaultPort + rest : `${scheme}${host}${rest}`];
}

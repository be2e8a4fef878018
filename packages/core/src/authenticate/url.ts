const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** Scheme; user, password and host; port. No more is read, so path and query stay as they came, byte for byte. */
const ORIGIN = /^(https?:)(\/\/[^/?#]*?)(:\d+)?(?=[/?#]|$)/i;

/**
 * The other form of a URL over which a provider may have made its signature: with the scheme's default port added, or taken away.
 * SignalWire's own SDK tries both, because its servers do not agree with themselves. `undefined`: it has another port.
 */
export function withOtherPort(url: string): string | undefined {
  const [origin, scheme = '', host, port] = ORIGIN.exec(url) ?? [];
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  if (origin === undefined || (port !== undefined && port !== defaultPort)) return undefined;
  const rest = url.slice(origin.length);
  return port === undefined ? origin + defaultPort + rest : `${scheme}${host}${rest}`;
}

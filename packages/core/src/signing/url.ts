const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** Scheme; user, password and host; port. Nothing else is parsed, so path and query stay unchanged, byte for byte. */
const ORIGIN = /^(https?:)(\/\/[^/?#]*?)(:\d+)?(?=[/?#]|$)/i;

/**
 * The other forms of a URL that a provider may have signed: without its port, or with the scheme's default port; scheme and host in lower
 * case; with and without a fragment. SignalWire's own SDK tries the ports too, because its servers are inconsistent. All forms denote the
 * same address, so a signature cannot be reused elsewhere.
 *
 * @param fragment `#…` of the callback URL, if it is known; no client sends it
 */
export function otherForms(url: string, fragment = ''): readonly string[] {
  const [origin = '', scheme = '', host = '', port = ''] = ORIGIN.exec(url) ?? [];
  const rest = url.slice(origin.length);
  const [address = ''] = rest.split('#', 1);
  const forms = new Set<string>();
  for (const start of [scheme + host, scheme.toLowerCase() + host.replace(/[^@]*$/, lower)]) {
    for (const at of [port, DEFAULT_PORTS[scheme.toLowerCase()] ?? '', '']) {
      for (const end of [rest, address + fragment, address]) forms.add(`${start}${at}${end}`);
    }
  }
  forms.delete(url);
  return [...forms];
}

/** An address and its other forms, also without its user and password, which some SDKs leave out of what is signed. */
export function addressForms(address: string): readonly string[] {
  const bare = address.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
  const forms = [address, ...otherForms(address)];
  return bare === address ? forms : [...forms, bare, ...otherForms(bare)];
}

function lower(host: string): string {
  return host.toLowerCase();
}

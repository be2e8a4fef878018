/** What an option of curl does to the request. */
export type CurlAction =
  | 'method'
  | 'header'
  | 'data'
  | 'dataRaw'
  | 'dataBinary'
  | 'dataUrlencode'
  | 'json'
  | 'form'
  | 'formString'
  | 'get'
  | 'head'
  | 'user'
  | 'bearer'
  | 'agent'
  | 'referer'
  | 'cookie'
  | 'compressed'
  | 'url'
  | 'urlQuery'
  | 'value'
  | 'flag'
  | 'refused';

const LONG: ReadonlyMap<string, CurlAction> = new Map([
  ['request', 'method'],
  ['header', 'header'],
  ['data', 'data'],
  ['data-ascii', 'data'],
  ['data-raw', 'dataRaw'],
  ['data-binary', 'dataBinary'],
  ['data-urlencode', 'dataUrlencode'],
  ['json', 'json'],
  ['form', 'form'],
  ['form-string', 'formString'],
  ['get', 'get'],
  ['head', 'head'],
  ['user', 'user'],
  ['oauth2-bearer', 'bearer'],
  ['user-agent', 'agent'],
  ['referer', 'referer'],
  ['cookie', 'cookie'],
  ['compressed', 'compressed'],
  ['url', 'url'],
  ['url-query', 'urlQuery'],
  ...named(
    'value',
    'abstract-unix-socket cacert capath cert cert-type ciphers connect-timeout connect-to cookie-jar create-file-mode curves dns-interface dns-servers dump-header expect100-timeout happy-eyeballs-timeout-ms interface keepalive-time key key-type limit-rate local-port max-filesize max-redirs max-time netrc-file noproxy output output-dir pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-header proxy-user range rate resolve retry retry-delay retry-max-time socks4 socks4a socks5 socks5-hostname speed-limit speed-time stderr tls-max tls13-ciphers trace trace-ascii trace-config unix-socket write-out',
  ),
  ...named(
    'flag',
    'anyauth basic compressed-ssh digest disable fail fail-early fail-with-body globoff http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only include insecure ipv4 ipv6 junk-session-cookies location location-trusted negotiate no-alpn no-buffer no-keepalive no-progress-meter no-sessionid ntlm parallel path-as-is post301 post302 post303 progress-bar proxy-insecure raw remote-header-name remote-name remote-time retry-all-errors retry-connrefused show-error silent ssl-no-revoke styled-output tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time verbose xattr',
  ),
  ...named('refused', 'config upload-file next variable'),
]);

const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    X: 'request',
    H: 'header',
    d: 'data',
    F: 'form',
    G: 'get',
    I: 'head',
    u: 'user',
    A: 'user-agent',
    e: 'referer',
    b: 'cookie',
    c: 'cookie-jar',
    D: 'dump-header',
    E: 'cert',
    K: 'config',
    T: 'upload-file',
    U: 'proxy-user',
    m: 'max-time',
    o: 'output',
    r: 'range',
    w: 'write-out',
    x: 'proxy',
    y: 'speed-time',
    Y: 'speed-limit',
    f: 'fail',
    g: 'globoff',
    i: 'include',
    k: 'insecure',
    L: 'location',
    N: 'no-buffer',
    O: 'remote-name',
    J: 'remote-header-name',
    R: 'remote-time',
    s: 'silent',
    S: 'show-error',
    v: 'verbose',
    q: 'disable',
    Z: 'parallel',
    0: 'http1.0',
    1: 'tlsv1',
    2: 'http2',
    4: 'ipv4',
    6: 'ipv6',
    '#': 'progress-bar',
    ':': 'next',
  }),
);

const TAKES_NONE: ReadonlySet<CurlAction> = new Set(['flag', 'get', 'head', 'compressed', 'refused']);

/** An option and its value. */
export interface CurlOption {
  /** As written, without its value. */
  readonly name: string;
  /** `undefined`: curl has no such option, or this version does not know it. */
  readonly action: CurlAction | undefined;
  /** Empty if it takes none. */
  readonly value: string;
}

/** Reads the options of a curl command; any other word is a URL. A missing value is empty. */
export function curlOptions(words: readonly string[]): readonly CurlOption[] {
  const options: CurlOption[] = [];
  const rest = words[Symbol.iterator]();
  const next = (): string => rest.next().value ?? '';
  let areOptions = true;
  for (const word of rest) {
    if (!areOptions || word === '-' || !word.startsWith('-')) options.push({ name: 'URL', action: 'url', value: word });
    else if (word === '--') areOptions = false;
    else if (word.startsWith('--')) {
      const action = actionOf(word.slice(2));
      options.push({ name: word, action, value: takesValue(action) ? next() : '' });
    } else options.push(...shortOptions(word.slice(1), next));
  }
  return options;
}

/** `-sSXPOST`: flags, and at last one whose value may follow at once. */
function shortOptions(letters: string, next: () => string): readonly CurlOption[] {
  const options: CurlOption[] = [];
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] as string;
    const action = LONG.get(SHORT.get(letter) ?? '');
    const name = `-${letter}`;
    if (takesValue(action)) return [...options, { name, action, value: letters.slice(at + 1) || next() }];
    options.push({ name, action, value: '' });
  }
  return options;
}

function takesValue(action: CurlAction | undefined): boolean {
  return action !== undefined && !TAKES_NONE.has(action);
}

/** Every flag has an opposite, and variables are expanded by `--expand-…`. */
function actionOf(name: string): CurlAction | undefined {
  if (name.startsWith('expand-')) return 'refused';
  const action = LONG.get(name);
  return action === undefined && LONG.get(name.replace(/^no-/, '')) === 'flag' ? 'flag' : action;
}

function named(action: CurlAction, names: string): [string, CurlAction][] {
  return names.split(' ').map((name) => [name, action]);
}

const EXAMPLE = 'postgres://user:password@host:5432/database';

const SEVERAL_HOSTS = /^\w+:\/\/(?:[^/?#]*@)?(?![^/?#]*@)[^/?#]*,/;

/** Whether a value is a URL of PostgreSQL, and all of its parts are what they seem. */
export function isUrl(value: unknown): boolean {
  const isOne = typeof value === 'string' && /^postgres(ql)?:\/\//.test(value) && !SEVERAL_HOSTS.test(value);
  return isOne && URL.canParse(value) && !isAmbiguous(value);
}

/** What is wrong with a URL, without any part of it that may be a secret; `undefined`: nothing, or it is no text. */
export function explainUrl(value: unknown): string | undefined {
  if (value === undefined || value === '') {
    return `expected a URL, got ${value === '' ? 'an empty text' : 'undefined'}. Is its environment variable set?`;
  }
  if (typeof value !== 'string' || isUrl(value)) return undefined;
  if (/^['"]/.test(value)) return 'begins with a quotation mark. Remove it from the environment variable.';
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(value) ?? [];
  if (scheme === undefined) return `expected a URL such as ${EXAMPLE}: it does not begin with postgres://.`;
  if (!/^postgres(ql)?$/.test(scheme)) return `expected a URL such as ${EXAMPLE}, got a ${scheme}: URL.`;
  if (SEVERAL_HOSTS.test(value)) return 'names several servers: list their URLs in `hosts`.';
  if (/^\w+:\/\/[^/?#]*@(\/|$)/.test(value)) {
    return 'has no host. Of a socket, write the folder and the user so: postgres:///database?host=/tmp&user=name.';
  }
  return `expected a URL such as ${EXAMPLE}. Encode the special characters of the user and the password: encodeURIComponent(password).`;
}

/** Whether a password may contain `@`, `#`, `/`, `?` or `%`: a part of it would be taken for the host, and be shown in errors. */
function isAmbiguous(url: string): boolean {
  const [, authority, rest] = /^\w+:\/\/([^/?#]*)(.*)$/s.exec(url) as unknown as [string, string, string];
  const isQuery = /^[^@?]*\?[\w.-]+=[^#]*$/.test(rest);
  return /@.*@|%(?![0-9a-f]{2})/i.test(authority) || rest.includes('#') || (rest.includes('@') && !isQuery);
}

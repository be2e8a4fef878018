import { mask, maskId } from '@call-status/core/inbox';

/** Replaces the rule by which values are masked. */
export type MaskOption = (field: string, value: string) => string;

const HIDDEN = '•••';

/** Fields with an id. Digits are part of it; only a number with a plus is one. */
const IDS: ReadonlySet<string> = new Set(['id', 'eventId', 'callId', 'parentCallId', 'tenant', 'requestId', 'owner']);

/** Fields with a number, an address or a name of a client. */
const PARTIES: ReadonlySet<string> = new Set(['from', 'to', 'number', 'callerId', 'forwardedFrom', 'email']);

/** What a visitor may see of values. */
export class Privacy {
  readonly isRevealed: boolean;
  readonly #option: MaskOption | undefined;

  constructor(isRevealed: boolean, option: MaskOption | undefined) {
    this.isRevealed = isRevealed;
    this.#option = option;
  }

  /** A text of no particular field, such as an error. */
  text(value: string, field = 'text'): string {
    return this.isRevealed ? value : this.#hidden(value, field);
  }

  /** Every text in a value of JSON, by its field. URLs of recordings lose their query, which may be a token, in any case. */
  of<Value>(value: Value): Value {
    return this.#shown(value, '', '') as Value;
  }

  #shown(value: unknown, field: string, parent: string): unknown {
    if (typeof value === 'string') {
      return this.text(field === 'url' && parent === 'recording' ? withoutQuery(value) : value, field);
    }
    if (Array.isArray(value)) return value.map((one) => this.#shown(one, field, parent));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      // All of what the application added is its own, whatever its names are.
      Object.entries(value).map(([name, one]) => [name, this.#shown(one, field === 'custom' ? field : name, field)]),
    );
  }

  #hidden(value: string, field: string): string {
    const shown = byRule(value, field);
    if (shown === value || this.#option === undefined) return shown;
    try {
      return String(this.#option(field, value));
    } catch {
      // A mask that fails must not reveal anything.
      return shown;
    }
  }
}

function byRule(value: string, field: string): string {
  if (value === '') return value;
  if (IDS.has(field)) return maskId(value);
  if (PARTIES.has(field)) return partyOf(value);
  if (field === 'custom') return HIDDEN;
  if (field === 'callerName') return firstOf(value) + HIDDEN;
  return mask(value);
}

/** `+1555•••4567`, `a•••@example.com`, `client:a•••`; extensions and words stay. */
function partyOf(value: string): string {
  const shown = mask(value);
  if (shown !== value) return shown;
  const [, scheme = '', user, host = ''] = /^([a-z]+:)?([^@]*)(@.*)?$/is.exec(value) as RegExpExecArray;
  return scheme === '' && host === '' ? value : scheme + firstOf(user as string) + HIDDEN + host;
}

function firstOf(text: string): string {
  return Array.from(text.slice(0, 2))[0] ?? '';
}

function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return url.split(/[?#]/, 1)[0] as string;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

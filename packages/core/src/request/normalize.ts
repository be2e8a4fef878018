import { createHash } from 'node:crypto';
import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { type CallStatus, isTerminal, type Source } from '../event.ts';
import type { NewEvent } from '../inbox/inbox.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { statusByCause, statusOf } from '../provider/values.ts';
import { isPrintable } from '../text/printable.ts';
import { hasFewDigits, mayHavePhoneNumber } from '../text/redact.ts';
import type { Proof } from './authenticate.ts';
import { checkedForm, type Dropped, OPTIONAL_PARTS } from './checked-form.ts';

/** Longer call ids are rejected: no provider uses them, and they would fill up memory. */
const LONGEST_CALL_ID = 256;
/** Longer event ids are replaced by their hash. */
const LONGEST_EVENT_ID = 256;
/**
 * Control characters and unpaired surrogates: databases truncate strings at NUL and cannot store lone surrogates, so different ids could
 * become equal.
 */
const NOT_STORABLE = /[\p{Cc}\p{Cs}]/u;
/** Stands for bytes that could not be decoded: ids that differ only in such bytes would be equal. */
const UNDECODED = '\ufffd';

/** Where an event comes from, and how we know that it is genuine. */
export interface Origin extends Proof {
  /** @default 'callback' */
  readonly source?: Source;
}

/**
 * Step 5: the event of a callback, in the normal form.
 *
 * @param valid what validation returned
 * @param fields what the event keeps as `raw`
 * @param now milliseconds since the epoch
 * @param dropped called for each invalid part of the normal form
 * @throws CallStatusError `invalid_callback`; and errors thrown by the provider's own code
 */
export function normalize(
  provider: Provider,
  valid: unknown,
  fields: FieldTree,
  origin: Origin,
  now: number,
  dropped: Dropped,
): NewEvent {
  const { name, definition, options } = provider;
  const form = checkedForm(definition.normalize(valid, options), name, dropped);
  const key = atOnce(definition.eventKey(valid, form), `eventKey() of ${name}`);
  return makeEvent(provider, form, key, fields, origin, now);
}

/**
 * Makes the event of a checked normal form.
 *
 * @param key distinguishes it from the other events of its call
 * @throws CallStatusError `invalid_callback`
 */
export function makeEvent(
  { name, definition }: Provider,
  form: NormalForm,
  key: string,
  raw: object,
  { source = 'callback', trust, tenant }: Origin,
  now: number,
): NewEvent {
  const { callId, rawStatus } = form;
  requireText(callId, 'call id', name);
  requireText(rawStatus, 'status', name);
  if (typeof key !== 'string') throw new TypeError(`eventKey() of ${name} must return a text.`);
  if (callId === '') throw lacking('call id', name);
  if (callId.length > LONGEST_CALL_ID) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: `The call id has more than ${LONGEST_CALL_ID} characters.`,
    });
  }
  if (!isPrintable(callId) && NOT_STORABLE.test(callId)) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: 'The call id has control characters or unpaired surrogates.',
    });
  }
  if (callId.includes(UNDECODED) || rawStatus.includes(UNDECODED) || key.includes(UNDECODED)) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: 'The call id, the status or the event key has bytes that are invalid in its charset.',
    });
  }
  const status =
    form.status ?? statusByCause(definition.causes, form.hangup?.cause) ?? statusOf(definition.statuses, rawStatus);
  const answered = form.answered === undefined ? ANSWERED[status] : (form.answered ?? undefined);
  const event: Record<string, unknown> = {
    provider: name,
    id: eventId(name, tenant, callId, key),
    callId,
    status,
    rawStatus,
    terminal: isTerminal(status),
    receivedAt: isoTime(now),
    source,
    trust,
    raw,
    // The inbox decides it. It has its place here, since copies with one more property cost 1.13 (`pnpm run bench micro`).
    transition: undefined,
  };
  if (tenant !== undefined) event['tenant'] = tenant;
  if (answered !== undefined) event['answered'] = answered;
  for (const part of OPTIONAL_PARTS) if (form[part] !== undefined) event[part] = form[part];
  return event as unknown as NewEvent;
}

/** A callback may lack it. Any other value that is not a string is a bug in the provider. */
function requireText(value: unknown, what: string, provider: string): void {
  if (typeof value === 'string') return;
  if (value === undefined || value === null) throw lacking(what, provider);
  throw new TypeError(`normalize() of ${provider} returned a ${what} that is not a text.`);
}

function lacking(what: string, provider: string): CallStatusError {
  return new CallStatusError('invalid_callback', { provider, reason: `It has no ${what}.` });
}

/** What the status proves, unless the provider reports more. A failed call may have been answered before. */
const ANSWERED: Readonly<Partial<Record<CallStatus, boolean>>> = {
  'in-progress': true,
  busy: false,
  'no-answer': false,
  canceled: false,
};

let lastTime = Number.NaN;
let lastText = '';

/** Under load, several callbacks arrive in the same millisecond. */
function isoTime(now: number): string {
  if (now !== lastTime) {
    lastText = new Date(now).toISOString();
    lastTime = now;
  }
  return lastText;
}

/**
 * The id of an event: `provider:callId:key`, or `provider@tenant:callId:key`. Ids are unique: only the last part may contain a separator,
 * and no part can equal the hash of another. Since ids are logged, parts that may contain a phone number or are not printable are replaced
 * by their hash.
 */
function eventId(provider: string, tenant: string | undefined, callId: string, key: string): string {
  const whose =
    tenant === undefined ? provider : `${provider}@${hashedIf(mayHavePhoneNumber(tenant), escaped(tenant))}`;
  const id = `${whose}:${hashedIf(mayHavePhoneNumber(callId), escaped(callId))}:${hashedIf(hasPhoneNumber(key), notAsHash(key))}`;
  return id.length <= LONGEST_EVENT_ID && isPrintable(id) ? id : `${provider}:sha256-${sha256(id)}`;
}

/** Checks each part of a key separately: two adjacent durations are not a phone number. */
function hasPhoneNumber(key: string): boolean {
  return !hasFewDigits(key) && key.split(key.includes('\\') ? BORDER : '|').some(mayHavePhoneNumber);
}

/** A separator that is not escaped. */
const BORDER = /(?<!\\)\|/;

function hashedIf(isHidden: boolean, part: string): string {
  return isHidden ? `sha256-${sha256(part)}` : part;
}

/** Ends at the first colon, and is not a hash. */
function escaped(part: string): string {
  return /[:%]|^sha256-/.test(part) ? part.replace(/[:%]|^s(?=ha256-)/g, encode) : part;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A key that looks like a hash gets one more percent sign in front. */
function notAsHash(key: string): string {
  return /^%*sha256-/.test(key) ? `%${key}` : key;
}

/** Hashes code units, because UTF-8 makes all unpaired surrogates the same. */
function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}

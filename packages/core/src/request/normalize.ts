import { createHash } from 'node:crypto';
import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { type CallStatus, isTerminal, type Trust } from '../event.ts';
import type { NewEvent } from '../inbox/inbox.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import { issuesOfFields, validate } from '../provider/standard-schema.ts';
import { statusOf } from '../provider/status-of.ts';
import { isPrintable } from '../text/printable.ts';
import { hasFewDigits, mayHavePhoneNumber } from '../text/redact.ts';
import { checkedForm, type Dropped, OPTIONAL_PARTS } from './checked-form.ts';

/** Longer call ids are refused: no provider has them, and memory is not for strangers to fill. */
const LONGEST_CALL_ID = 256;
/** Longer event ids are replaced by their hash. */
const LONGEST_EVENT_ID = 256;
/** Control characters and halves of characters: databases cut a text at NUL and cannot store halves, so that ids would be mixed up. */
const UNFIT_FOR_IDS = /[\p{Cc}\p{Cs}]/u;
/** What stands for bytes that did not decode: ids that differ only in those would be one. */
const UNDECODED = '\ufffd';

/**
 * Steps 4 and 5: validate the fields, and bring them into the normal form.
 *
 * @param now milliseconds since the epoch
 * @param dropped called for each part of the normal form that is not as it has to be
 * @param tenant whose secret proved it
 * @throws CallStatusError `invalid_callback`; and what the provider's own code throws
 */
export function normalize(
  { name, definition, options }: Provider,
  fields: FieldTree,
  trust: Trust,
  now: number,
  dropped: Dropped = NOT_SAID,
  tenant?: string,
): NewEvent {
  const { schema } = definition;
  const result = validate(schema, fields, `The schema of ${name}`);
  if (result.issues !== undefined) {
    const issues = issuesOfFields(schema, result.issues, fields);
    throw new CallStatusError('invalid_callback', { provider: name, issues });
  }
  const form = checkedForm(definition.normalize(result.value, options), name, dropped);
  const key = atOnce(definition.eventKey(result.value, form), `eventKey() of ${name}`);
  const { callId, rawStatus } = form;
  requireText(callId, 'call id', name);
  requireText(rawStatus, 'status', name);
  if (typeof key !== 'string') throw new TypeError(`eventKey() of ${name} has to return a text.`);
  if (callId === '') throw lacking('call id', name);
  if (callId.length > LONGEST_CALL_ID) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: `The call id has more than ${LONGEST_CALL_ID} characters.`,
    });
  }
  if (!isPrintable(callId) && UNFIT_FOR_IDS.test(callId)) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: 'The call id has control characters, or halves of characters.',
    });
  }
  if (callId.includes(UNDECODED) || rawStatus.includes(UNDECODED) || key.includes(UNDECODED)) {
    throw new CallStatusError('invalid_callback', {
      provider: name,
      reason: 'The call id, the status or the event key has bytes that its charset does not have.',
    });
  }
  const status = form.status ?? statusOf(definition.statuses, rawStatus);
  const answered = form.answered === undefined ? ANSWERED[status] : (form.answered ?? undefined);
  const event: Record<string, unknown> = {
    provider: name,
    id: eventId(name, tenant, callId, key),
    callId,
    status,
    rawStatus,
    terminal: isTerminal(status),
    receivedAt: isoTime(now),
    trust,
    raw: fields,
  };
  if (tenant !== undefined) event['tenant'] = tenant;
  if (answered !== undefined) event['answered'] = answered;
  for (const part of OPTIONAL_PARTS) if (form[part] !== undefined) event[part] = form[part];
  return event as unknown as NewEvent;
}

/** A callback may lack it; anything else than a text is a bug of the provider. */
function requireText(value: unknown, what: string, provider: string): void {
  if (typeof value === 'string') return;
  if (value === undefined || value === null) throw lacking(what, provider);
  throw new TypeError(`normalize() of ${provider} returned a ${what} that is no text.`);
}

function lacking(what: string, provider: string): CallStatusError {
  return new CallStatusError('invalid_callback', { provider, reason: `It has no ${what}.` });
}

/** For callers that do not ask what was dropped. */
const NOT_SAID: Dropped = () => {};

/** What a status proves, where the provider does not say more. A failed call may have been answered before. */
const ANSWERED: Readonly<Partial<Record<CallStatus, boolean>>> = {
  'in-progress': true,
  busy: false,
  'no-answer': false,
  canceled: false,
};

/**
 * `provider:callId:key`, or `provider@tenant:callId:key`. No two events share it: no part but the last has a separator in it, and none is
 * the same as the hash of another. It is logged, so what may be a phone number, or does not show as it is, stands in it as its hash.
 */
function eventId(provider: string, tenant: string | undefined, callId: string, key: string): string {
  const whose =
    tenant === undefined ? provider : `${provider}@${hashedIf(mayHavePhoneNumber(tenant), escaped(tenant))}`;
  const id = `${whose}:${hashedIf(mayHavePhoneNumber(callId), escaped(callId))}:${hashedIf(hasPhoneNumber(key), notAsHash(key))}`;
  return id.length <= LONGEST_EVENT_ID && isPrintable(id) ? id : `${provider}:sha256-${sha256(id)}`;
}

/** Of the parts of a key each by itself: two durations side by side are no phone number. */
function hasPhoneNumber(key: string): boolean {
  return !hasFewDigits(key) && key.split(key.includes('\\') ? BORDER : '|').some(mayHavePhoneNumber);
}

/** A separator that is not escaped. */
const BORDER = /(?<!\\)\|/;

let lastTime = Number.NaN;
let lastText = '';

/** Under load, several callbacks come in the same millisecond. */
function isoTime(now: number): string {
  if (now !== lastTime) {
    lastText = new Date(now).toISOString();
    lastTime = now;
  }
  return lastText;
}

function hashedIf(isHidden: boolean, part: string): string {
  return isHidden ? `sha256-${sha256(part)}` : part;
}

/** So that the first colon after it ends it, and that it is no hash. */
function escaped(part: string): string {
  return /[:%]|^sha256-/.test(part) ? part.replace(/[:%]|^s(?=ha256-)/g, encode) : part;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A key that looks like a hash gets one more sign before it. */
function notAsHash(key: string): string {
  return /^%*sha256-/.test(key) ? `%${key}` : key;
}

/** Of the code units, in which all texts differ; in UTF-8 halves of characters are the same. */
function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}

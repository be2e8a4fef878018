import type { FieldPairs } from '../../decode/field-pairs.ts';
import type { FieldTree } from '../../decode/fields.ts';

/**
 * SignalWire signs the URL followed by the names and values of the fields, with nothing between them. So one signed text can be split into
 * URL, names and values in many ways, and anyone who has seen a signed request can choose one. These rules accept only a split that
 * SignalWire itself can have produced, as far as it determines the call and its status:
 *
 * - {@link hasSwallowedFields}: no field is in the URL.
 * - {@link isCutByItsAuthor}: the first `CallSid` and the first `CallStatus` in the fields are field names. Where fields that are not known
 *   sort before them, {@link isUnmistakable}: no other place of the text can be meant.
 *
 * Fields that sort after `CallStatus` prove nothing: a caller's name may be `CallSid`.
 */

const UUID = '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}';
const TWILIO_ID = '[A-Z]{2}[0-9a-f]{32}';
const ACCOUNT = 'AccountSid(?:AC[0-9a-f]|[0-9A-Fa-f]{8})';

/** Fields that every message or every call status begins with, each followed by the beginning of a value. */
const BARE_FIELD = new RegExp(
  [
    ACCOUNT,
    'AnsweredBy(?:human|machine|fax|unknown)',
    'ApiVersion\\d{4}-\\d\\d-\\d\\d',
    'Audio(?:In|Out)[A-Z][A-Za-z]*\\d',
    'CallDuration\\d',
    // Also in other messages: `RecordingSid`, `TranscriptionSid`.
    `[A-Z][A-Za-z]*Sid(?:${UUID}|${TWILIO_ID})`,
    // With any form of id.
    'CallSid[^=&?#/]+CallStatus[a-z]',
    // JSON, which no client sends unescaped in a URL.
    '"',
  ].join('|'),
);

/** Parameters of every GET. A POST to a callback URL with two of them is refused, which docs/security.md says. */
const STANDARD_PARAMETERS = /[?&](AccountSid|ApiVersion|CallSid|CallStatus|MessageSid|SmsSid)=/g;

/**
 * Whether a URL with a matching signature contains the beginning of the signed fields, which the request therefore lacks. A callback URL
 * may contain such words as its own parameters: `?parentCallSid=…`, `?CallSid=…`.
 *
 * @param isGet Whether the fields are in the query. Then callers choose some of its values, which prove nothing after the name `CallSid`.
 */
export function hasSwallowedFields(url: string, isGet: boolean): boolean {
  if (url !== last.url || isGet !== last.isGet) last = { url, isGet, hasFields: hasFields(url, isGet) };
  return last.hasFields;
}

/** All callbacks but a GET come to the same few URLs. */
let last = { url: '', isGet: false, hasFields: false };

function hasFields(url: string, isGet: boolean): boolean {
  if (isGet) return BARE_FIELD.test(withoutCallersValues(url)) || /[?&]bodySHA256=/.test(url);
  return BARE_FIELD.test(url) || new Set(Array.from(url.matchAll(STANDARD_PARAMETERS), ([, name]) => name)).size > 1;
}

/** Values that a caller may have chosen: all but SignalWire's own. */
const CALLERS_VALUE = /(?<=&(?!(?:AccountSid|ApiVersion|CallSid|CallStatus)=)[^&=]*=)[^&]*/g;

/** They come after SignalWire's own parameters of every GET, which a callback URL never contains completely. */
function withoutCallersValues(url: string): string {
  const starts = [/[?&]AccountSid=/, /[?&]CallSid=/].map((name) => url.search(name));
  if (starts.includes(-1)) return url;
  const start = Math.max(...starts);
  return url.slice(0, start) + url.slice(start).replace(CALLERS_VALUE, '');
}

const WHOLE_ID = new RegExp(`^(?:${UUID}|${TWILIO_ID})$`);
const WORD = /^[a-z_-]*$/;
const DECIMAL = /^(?:-?\d+(?:\.\d+)?|null)?$/;

const AUDIO_FIELD = /^Audio(?:In|Out)(?:(?!Call)[A-Z][a-z]*)+$/;
/** The parameters of every final callback, which are found faster by name. */
const AUDIO_FIELDS = [
  'AudioInAveragePtime',
  'AudioInDtmfPacketCount',
  'AudioInFlushPacketCount',
  'AudioInJitterMaxVariance',
  'AudioInJitterMinVariance',
  'AudioInLargestJbSize',
  'AudioInMediaPacketCount',
  'AudioInMos',
  'AudioInSkipPacketCount',
  'AudioOutDtmfPacketCount',
  'AudioOutLost',
  'AudioOutMediaPacketCount',
];

/** SignalWire's fields that sort before `CallSid`, with the form of their values. Any of them may be empty. */
const BEFORE_CALL_SID: ReadonlyMap<string, RegExp> = new Map([
  ['AccountSid', /^(?:AC)?[0-9a-f]*(?:-[0-9a-f]+)*$/i],
  ['AnsweredBy', WORD],
  ['ApplicationSid', /^(?:AP[0-9a-f]{32})?$/],
  ['ApiVersion', /^(?:\d{4}-\d\d-\d\d)?$/],
  ['CallDuration', DECIMAL],
  ...AUDIO_FIELDS.map((name) => [name, DECIMAL] as const),
]);

/** The fields that identify the call and its status, and everything before them. */
const PROTECTED: readonly string[] = ['CallSid', 'CallStatus', ...BEFORE_CALL_SID.keys()];

/**
 * Whether the event is built from the signed fields themselves: a name such as `[CallSid]` sorts after all others, and its value would
 * replace the call id.
 *
 * @param tree the fields that the event is built from
 */
export function isReadAsSigned(fields: Pick<FieldPairs, 'toRecord'>, tree: FieldTree): boolean {
  const record = fields.toRecord();
  // The usual case, since none of SignalWire's names has brackets.
  return record === tree || PROTECTED.every((name) => String(record[name]) === String(tree[name]));
}

/** Text that no call id contains: names of other fields, and separators of parameters. */
const NO_CALL_SID = /AccountSid|ApiVersion|Call(?:Sid|Status)|[=&?#"]/;

/** How far into the names these rules look. */
type Stage = 'before' | 'CallSid' | 'CallStatus';

/**
 * Whether signed fields with `CallSid` are split in the only way in which SignalWire can have written them.
 *
 * @param isStatus whether SignalWire uses this status word; otherwise its end is checked too
 */
export function isCutByItsAuthor(
  fields: Pick<FieldPairs, 'firstSorted' | 'sortedText' | 'toRecord'>,
  isStatus: (word: string) => boolean,
): boolean {
  let stage: Stage = 'before';
  let status = '';
  const hasStatus = fields.sortedText().includes('CallStatus');
  const verdict = fields.firstSorted((name, value) => {
    switch (stage) {
      case 'before':
        if (name !== 'CallSid') return isBeforeCallSid(name, value, fields) ? undefined : false;
        stage = 'CallSid';
        return !NO_CALL_SID.test(value) && (hasStatus || WHOLE_ID.test(value)) ? undefined : false;
      case 'CallSid':
        if (!hasStatus) return name !== 'CallSid' && /^[A-Z]/.test(name) ? undefined : false;
        stage = 'CallStatus';
        status = value;
        return name === 'CallStatus' && (isStatus(value) || WORD.test(value)) ? undefined : false;
      case 'CallStatus':
        // A status that continues in the next name was split.
        return name !== 'CallStatus' && !(isStatus(status) ? /^[_-]/ : /^[a-z_-]/).test(name);
    }
  });
  return verdict ?? true;
}

function isBeforeCallSid(name: string, value: string, fields: Pick<FieldPairs, 'sortedText' | 'toRecord'>): boolean {
  const form = BEFORE_CALL_SID.get(name) ?? (AUDIO_FIELD.test(name) ? DECIMAL : undefined);
  if (form !== undefined) return form.test(value);
  return /^[A-Z][A-Za-z]*$/.test(name) && !KNOWN_NAME.test(name + value) && isUnmistakable(fields);
}

const KNOWN_NAME = /A(?:ccountSid|nsweredBy|p(?:plicationSid|iVersion)|udio(?:In|Out))|Call(?:Duration|Sid|Status)/;
const FIRST_FIELD = new RegExp(`^AccountSid(${UUID}|${TWILIO_ID})`);
const CALL = new RegExp(`CallSid(${UUID}|${TWILIO_ID})CallStatus`, 'g');

/**
 * Whether the text can be of one call only: the URL ends before the id of the account, and `CallSid`, an id and `CallStatus` follow each
 * other once. So no border moves, although a status callback has fields that are not known here, and whatever their values. If a caller has
 * such a text as a name, the callbacks of that call are refused.
 */
function isUnmistakable(fields: Pick<FieldPairs, 'sortedText' | 'toRecord'>): boolean {
  const record = fields.toRecord();
  const text = fields.sortedText();
  const account = FIRST_FIELD.exec(text);
  const calls = Array.from(text.matchAll(CALL), ([, id]) => id);
  return (
    account !== null &&
    record['AccountSid'] === account[1] &&
    record['CallSid'] === calls[0] &&
    calls.length === 1 &&
    record['CallbackSource'] === 'call-progress-events' &&
    // Of a repeated name, the text that is signed has each value once.
    !Object.values(record).some(Array.isArray)
  );
}

/** Fields that only other messages have, each followed by the beginning of a value. */
const OTHER_FIELD =
  /(?:(?:Dial|Refer)CallStatus|(?:Recording|Message|Transcription|VirtualAgent|Sms|Session|Fax)Status|(?:Message|Sms|Conference|Stream|Queue|Transcription|Siprec|Fax)Sid|QueueResult|PaymentMethod|Digits|Confidence)[0-9a-z*#]/;
const ACCOUNT_FIELD = new RegExp(ACCOUNT);
/**
 * Every call status callback has one of these. No other message has them or can be made to, because they are next to the first two names.
 */
const OWN_FIELDS = ['CallbackSource', 'CallDuration'];

/**
 * Whether signed fields come from another kind of message, whose own field names were hidden by moving borders. Called only for fields that
 * lack those of a call status, so that no caller can choose a name that gets the callbacks of a call rejected.
 */
export function isOtherMessage(fields: Pick<FieldPairs, 'sortedText' | 'toRecord'>): boolean {
  const record = fields.toRecord();
  const has = (name: string): boolean => Object.hasOwn(record, name);
  if (OWN_FIELDS.some(has)) return false;
  const text = fields.sortedText();
  return has('AccountSid') ? OTHER_FIELD.test(text) : ACCOUNT_FIELD.test(text);
}

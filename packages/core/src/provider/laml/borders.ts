import type { FieldPairs } from '../../decode/field-pairs.ts';
import type { FieldTree } from '../../decode/fields.ts';

/**
 * SignalWire signs its URL and then the names and values of the fields, without anything between them. So one signed text can be cut
 * into URL, names and values in many ways, and anyone who saw a signed request chooses how. These rules accept only the cut of which
 * SignalWire itself can be the author, as far as that decides which call it is and what its status is:
 *
 * - {@link hasSwallowedFields}: no field stands in the URL.
 * - {@link isCutByItsAuthor}: the first `CallSid` and the first `CallStatus` of the fields are the names themselves.
 *
 * What sorts behind `CallStatus` proves nothing: a caller may be called `CallSid`.
 */

const UUID = '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}';
const ACCOUNT = 'AccountSid(?:AC[0-9a-f]|[0-9A-Fa-f]{8})';

/** Fields that every message or every call status begins with, each with the beginning of a value right behind it. */
const BARE_FIELD = new RegExp(
  [
    ACCOUNT,
    'AnsweredBy(?:human|machine|fax|unknown)',
    'ApiVersion\\d{4}-\\d\\d-\\d\\d',
    'Audio(?:In|Out)[A-Z][A-Za-z]*\\d',
    'CallDuration\\d',
    // Also of other messages: `RecordingSid`, `TranscriptionSid`.
    `[A-Z][A-Za-z]*Sid${UUID}`,
    // Whatever the id looks like.
    'CallSid[^=&?#/]+CallStatus[a-z]',
    // Of JSON: no client sends it unescaped in a URL.
    '"',
  ].join('|'),
);

/** The parameters of every GET, which no callback URL has two of. */
const STANDARD_PARAMETERS = /[?&](AccountSid|ApiVersion|CallSid|CallStatus|MessageSid|SmsSid)=/g;

/**
 * Whether a URL over which a signature is right has the beginning of the signed fields in it, so that the request lacks them.
 * A callback URL may have such words as parameters of its own: `?parentCallSid=…`, `?CallSid=…`.
 *
 * @param isGet The fields are in the query. Then a caller chooses values in it, which prove nothing behind the name `CallSid`.
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

/** Values that a caller may have chosen: all but those of SignalWire's own. */
const CALLERS_VALUE = /(?<=&(?!(?:AccountSid|ApiVersion|CallSid|CallStatus)=)[^&=]*=)[^&]*/g;

/** They come behind the parameters of SignalWire that every GET has, which a callback URL does not have all. */
function withoutCallersValues(url: string): string {
  const starts = [/[?&]AccountSid=/, /[?&]CallSid=/].map((name) => url.search(name));
  if (starts.includes(-1)) return url;
  const start = Math.max(...starts);
  return url.slice(0, start) + url.slice(start).replace(CALLERS_VALUE, '');
}

const WHOLE_UUID = new RegExp(`^${UUID}$`);
const WORD = /^[a-z_-]*$/;
const DECIMAL = /^(?:-?\d+(?:\.\d+)?|null)?$/;

const AUDIO_FIELD = /^Audio(?:In|Out)(?:(?!Call)[A-Z][a-z]*)+$/;
/** Those of every last callback, which are found faster by name. */
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

/** The fields that SignalWire has before `CallSid`, with the form of their values. Any of them may be empty. */
const BEFORE_CALL_SID: ReadonlyMap<string, RegExp> = new Map([
  ['AccountSid', /^(?:AC)?[0-9a-f]*(?:-[0-9a-f]+)*$/i],
  ['AnsweredBy', WORD],
  ['ApiVersion', /^(?:\d{4}-\d\d-\d\d)?$/],
  ['CallDuration', DECIMAL],
  ...AUDIO_FIELDS.map((name) => [name, DECIMAL] as const),
]);

/** What decides which call it is and what its status is, and what stands before it. */
const PROTECTED: readonly string[] = ['CallSid', 'CallStatus', ...BEFORE_CALL_SID.keys()];

/**
 * Whether the event is made of the very fields that were signed: a name such as `[CallSid]` sorts behind all others, and what it has in it
 * would take the place of the call id.
 *
 * @param tree what the event is made of
 */
export function isReadAsSigned(fields: Pick<FieldPairs, 'toRecord'>, tree: FieldTree): boolean {
  const record = fields.toRecord();
  // Nearly always, since no name of SignalWire's has a bracket.
  return record === tree || PROTECTED.every((name) => String(record[name]) === String(tree[name]));
}

/** What no id of a call has in it: the names of other fields, and what separates parameters. */
const NO_CALL_SID = /AccountSid|ApiVersion|Call(?:Sid|Status)|[=&?#"]/;

/** How far the names are read. */
type Stage = 'before' | 'CallSid' | 'CallStatus';

/**
 * Whether signed fields that have `CallSid` tell of a call in the only way in which SignalWire can have written them.
 *
 * @param isStatus whether SignalWire has this status word; of one that it does not have, the end is looked at too
 */
export function isCutByItsAuthor(
  fields: Pick<FieldPairs, 'firstSorted' | 'sortedText'>,
  isStatus: (word: string) => boolean,
): boolean {
  let stage: Stage = 'before';
  let status = '';
  const hasStatus = fields.sortedText().includes('CallStatus');
  const verdict = fields.firstSorted((name, value) => {
    switch (stage) {
      case 'before':
        if (name !== 'CallSid') return formOf(name)?.test(value) === true ? undefined : false;
        stage = 'CallSid';
        return !NO_CALL_SID.test(value) && (hasStatus || WHOLE_UUID.test(value)) ? undefined : false;
      case 'CallSid':
        if (!hasStatus) return name !== 'CallSid' && /^[A-Z]/.test(name) ? undefined : false;
        stage = 'CallStatus';
        status = value;
        return name === 'CallStatus' && (isStatus(value) || WORD.test(value)) ? undefined : false;
      case 'CallStatus':
        // A status that goes on in the next name was cut.
        return name !== 'CallStatus' && !(isStatus(status) ? /^[_-]/ : /^[a-z_-]/).test(name);
    }
  });
  return verdict ?? true;
}

function formOf(name: string): RegExp | undefined {
  return BEFORE_CALL_SID.get(name) ?? (AUDIO_FIELD.test(name) ? DECIMAL : undefined);
}

/** Fields that only other messages have, each with the beginning of a value right behind it. */
const OTHER_FIELD =
  /(?:(?:Dial|Refer)CallStatus|(?:Recording|Message|Transcription|VirtualAgent|Sms|Session|Fax)Status|(?:Message|Sms|Conference|Stream|Queue|Transcription|Siprec|Fax)Sid|QueueResult|PaymentMethod|Digits|Confidence)[0-9a-z*#]/;
const ACCOUNT_FIELD = new RegExp(ACCOUNT);
/** Every call status callback has one of these. No other message has them, nor can one be made to: they stand beside the first two names. */
const OWN_FIELDS = ['CallbackSource', 'CallDuration'];

/**
 * Whether signed fields are those of a message of another kind, whose own fields were cut so that their names are gone. Asked only of
 * fields that lack what a call status has, so that no caller can choose a name with which the callbacks of a call are refused.
 */
export function isOtherMessage(fields: Pick<FieldPairs, 'sortedText' | 'toRecord'>): boolean {
  const record = fields.toRecord();
  const has = (name: string): boolean => Object.hasOwn(record, name);
  if (OWN_FIELDS.some(has)) return false;
  const text = fields.sortedText();
  return has('AccountSid') ? OTHER_FIELD.test(text) : ACCOUNT_FIELD.test(text);
}

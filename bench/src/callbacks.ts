import { createHmac } from 'node:crypto';

/** Where the servers receive callbacks. */
export const PATH = '/webhooks/voice';
/** How the provider sees the application. */
export const PUBLIC_URL = 'https://hooks.example.com';
export const SIGNING_KEY = 'PSK_benchmark_signing_key';
/** The secret in the callback URL of providers that do not sign. */
export const TOKEN = 'benchmark-callback-token';

/** Whose callback, and how it is encoded. SignalWire's are signed; Exotel's have a token in the URL. */
export type CallbackKind = 'signalwire-form' | 'exotel-form' | 'exotel-multipart';

/** A callback, ready to be sent. */
export interface Callback {
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const OUTCOMES = ['completed', 'completed', 'completed', 'completed', 'busy', 'no-answer', 'failed', 'canceled'];

/**
 * The fields of the last callback of a call: 27, as SignalWire sends them. Each number is another call, so that nothing is a duplicate.
 * Phone numbers are from the range for fiction.
 */
export function fieldsOf(number: number): Record<string, string> {
  const random = generator(number);
  const sid = uuid(random);
  const time = new Date(Date.UTC(2026, random(12), 1 + random(28), random(24), random(60), random(60)));
  return {
    CallSid: sid,
    AccountSid: '5f0c2c1e-7f3b-4a39-9d5e-0c1f6a2b3c4d',
    ApiVersion: '2010-04-01',
    Direction: random(2) === 0 ? 'inbound' : 'outbound-api',
    From: `+1202555010${random(10)}`,
    To: `+1202555011${random(10)}`,
    Timestamp: time.toUTCString().replace('GMT', '+0000'),
    CallStatus: OUTCOMES[number % OUTCOMES.length] ?? '',
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(random(5)),
    CallDuration: String(random(600)),
    SipResultCode: '200',
    AudioInMos: (3 + random(15) / 10).toFixed(1),
    AudioInAveragePtime: (20 + random(100) / 100).toFixed(2),
    AudioInMediaPacketCount: String(random(30_000)),
    AudioInDtmfPacketCount: String(random(9)),
    AudioInSkipPacketCount: String(random(20)),
    AudioInFlushPacketCount: String(random(3)),
    AudioInLargestJbSize: String(random(5)),
    AudioInJitterMinVariance: (random(100) / 100).toFixed(2),
    AudioInJitterMaxVariance: (random(9000) / 100).toFixed(2),
    AudioOutMediaPacketCount: String(random(30_000)),
    AudioOutDtmfPacketCount: String(random(9)),
    AudioOutLost: '0',
    HangupDirection: 'outbound',
    HangupBy: `+1202555012${random(10)}`,
    SipCallId: sid,
  };
}

/** The statuses of a call that is answered, in order. */
const COURSE = ['queued', 'initiated', 'ringing', 'answered', 'in-progress', 'completed'];

/** How many callbacks a call has whose whole course is reported. */
export const CALLBACKS_PER_CALL: number = COURSE.length;

/** One callback in the course of a call, signed. Before the last, SignalWire sends fewer fields. */
export function courseOf(number: number, at: number): Callback {
  const { CallDuration, HangupBy, HangupDirection, ...during } = fieldsOf(number);
  const isLast = at === COURSE.length - 1;
  const fields = {
    ...(isLast ? { ...during, CallDuration, HangupBy, HangupDirection } : during),
    CallStatus: COURSE[at] ?? '',
    SequenceNumber: String(at),
  } as Record<string, string>;
  return signedForm(fields);
}

/** The last callback of a call as Exotel sends it, its legs in bracketed names. */
export function exotelFieldsOf(number: number): Record<string, string> {
  const random = generator(number);
  const time = (): string => `2026-0${1 + random(9)}-1${random(10)} 1${random(10)}:2${random(10)}:3${random(10)}`;
  return {
    CallSid: uuid(random).replaceAll('-', ''),
    DateUpdated: time(),
    Status: OUTCOMES[number % OUTCOMES.length] ?? '',
    RecordingUrl: `https://recordings.example.com/${random(1e9)}.mp3`,
    EventType: 'terminal',
    DateCreated: time(),
    To: `001202555010${random(10)}`,
    From: `001202555011${random(10)}`,
    PhoneNumberSid: '0XXXXXX4890',
    StartTime: time(),
    EndTime: time(),
    ConversationDuration: String(random(600)),
    Direction: 'outbound-api',
    CustomField: `order_${random(1e6)}`,
    'Legs[0][OnCallDuration]': String(random(600)),
    'Legs[0][Status]': 'completed',
    'Legs[1][OnCallDuration]': String(random(600)),
    'Legs[1][Status]': 'completed',
  };
}

/** The callback with a number, encoded and proved. */
export function callback(number: number, kind: CallbackKind): Callback {
  switch (kind) {
    case 'signalwire-form':
      return signedForm(fieldsOf(number));
    case 'exotel-form':
      return { url: `${PATH}?token=${TOKEN}`, headers: FORM, body: formOf(exotelFieldsOf(number)) };
    case 'exotel-multipart':
      return { url: `${PATH}?token=${TOKEN}`, headers: MULTIPART, body: multipartOf(exotelFieldsOf(number)) };
  }
}

function signedForm(fields: Record<string, string>): Callback {
  const signature = signatureOf(fields);
  return {
    url: PATH,
    headers: { ...FORM, 'x-signalwire-signature': signature, 'x-twilio-signature': signature },
    body: formOf(fields),
  };
}

/** The same callback as a forger sends it: the status is another, and the token of the URL is not known. */
export function forged(given: Callback): Callback {
  return { ...given, url: PATH, body: given.body.replace(/(Status\W+)[a-z-]+/, '$1ringing') };
}

/** A callback as the bytes of an HTTP/1.1 request. */
export function bytesOf({ url, headers, body }: Callback): Buffer {
  const lines = Object.entries({
    host: 'hooks.example.com',
    'user-agent': 'benchmark',
    accept: '*/*',
    ...headers,
    'content-length': Buffer.byteLength(body),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** Fields as `application/x-www-form-urlencoded`. */
export function formOf(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

const BOUNDARY = '----benchmark7MA4YWxkTrZu0gW';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** Fields as `multipart/form-data`. */
export function multipartOf(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}

/** HMAC-SHA1 over the URL and the sorted fields, as SignalWire and Twilio make it. */
export function signatureOf(fields: Record<string, string>): string {
  const names = Object.keys(fields).sort();
  const signed = names.map((name) => `${name}${fields[name]}`).join('');
  return createHmac('sha1', SIGNING_KEY).update(`${PUBLIC_URL}${PATH}${signed}`).digest('base64');
}

/** Numbers below a limit, the same ones for the same seed. */
function generator(seed: number): (limit: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

function uuid(random: (limit: number) => number): string {
  const hex = (digits: number): string =>
    random(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(7)}a-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
}

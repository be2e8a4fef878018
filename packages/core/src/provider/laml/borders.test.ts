import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, messageOf, ORIGIN, type Sent } from '../../../test/message-of.ts';
import { signalwire } from '../../providers/signalwire.ts';
import { isLamlCallStatus } from './messages.ts';

const KEY = 'PSKtest1234567890abcdef';
const A = 'a5555555-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const P = 'cccccccc-0000-4000-8000-000000000003';
const ACCOUNT = '11111111-0000-4000-8000-000000000009';

type Fields = Readonly<Record<string, string>>;

function textOf(fields: Fields): string {
  return Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`)
    .join('');
}

function hmacOf(text: string, encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac('sha1', KEY).update(text).digest(encoding);
}

const signedWith = (text: string, encoding?: 'base64' | 'hex') => ({
  'x-signalwire-signature': hmacOf(text, encoding),
});

/** The call and the status that a request becomes; `undefined`: it is refused, or another message. */
function accepted(sent: Sent, origin = ORIGIN): string | undefined {
  const callback = messageOf(sent, origin);
  try {
    if (signalwire.definition.authenticate?.(callback, [KEY], {}, 0) !== 'valid') return undefined;
  } catch {
    return undefined;
  }
  const { fields } = callback;
  return isLamlCallStatus(fields) === true && 'CallSid' in fields
    ? `${String(fields['CallSid'])} ${String(fields['CallStatus'])}`
    : undefined;
}

/** Callback URLs as users write them. */
const PATHS = [
  '/hooks',
  '/hooks/',
  '/',
  '/hooks?order=17',
  '/hooks?prod',
  '/hooks?',
  '/hooks?a=1&',
  '/hooks/17',
  `/hooks?parentCallSid=${P}`,
  `/hooks?CallSid=${P}`,
  `/hooks?CallSid=${P}&`,
  '/hooks?CallStatus=own',
  '/hooks?note=CallSid&other=CallStatus',
  `/hooks?AccountSid=${ACCOUNT}`,
  '/hooks?ApiVersion=1',
  '/CallSid/CallStatus?callSid=1&callStatus=2',
];

/** What a caller may be called, or call from. */
const CALLERS = [
  'Jane Doe',
  'CallSid',
  'CallStatus',
  'AccountSid',
  'DialCallStatus',
  'sip:CallStatus@x.example',
  `CallSid${B}CallStatuscompleted`,
  `CallSid${B}CallStatuscompletedZ`,
  `CallSid${B}CallStatuscompletedCallbackSourcecall-progress-eventsTimestampx`,
  `AccountSid${ACCOUNT}ApiVersion2010-04-01CallSid${B}CallStatusbusyTo1`,
  `?CallSid=${B}&CallStatus=completed&Timestamp=x&x=`,
  `&CallSid=${B}&CallStatus=completed&Timestamp=x&x=`,
  `&CallStatus=completed&Timestamp=x&x=`,
  `{"CallSid":"${B}","CallStatus":"completed"}`,
];

const call = fc
  .record({
    path: fc.constantFrom(...PATHS),
    name: fc.constantFrom('CallerName', 'From', 'To', 'ForwardedFrom', 'zCustom'),
    value: fc.oneof(
      fc.constantFrom(...CALLERS),
      fc
        .array(fc.constantFrom('CallSid', 'CallStatus', B, 'completed', 'AccountSid', ' ', '=', '&', 'x'), {
          maxLength: 8,
        })
        .map((words) => words.join('')),
    ),
    status: fc.constantFrom('ringing', 'in-progress', 'completed', 'no-answer', 'ringing_forwarded'),
    more: fc.subarray([
      'ApiVersion',
      'CallbackSource',
      'Timestamp',
      'AudioInMos',
      'CallDuration',
      'AnsweredBy',
    ] as const),
  })
  .map(({ path, name, value, status, more }) => {
    const optional: Fields = {
      ApiVersion: '2010-04-01',
      CallbackSource: 'call-progress-events',
      Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000',
      AudioInMos: '4.5',
      CallDuration: '57',
      AnsweredBy: 'human',
    };
    const fields: Fields = {
      AccountSid: ACCOUNT,
      CallSid: A,
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      ...Object.fromEntries(more.map((each) => [each, optional[each] as string])),
      [name]: value,
    };
    return { path, fields, status };
  });

function queryOf(path: string, fields: Fields): string {
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields).toString()}`;
}

/** The ways to take a text for a URL and a form: the URL ends anywhere; the fields begin at any of the words. */
function* cuts(
  text: string,
): Generator<{ readonly url: string; readonly fields: readonly (readonly [string, string])[] }> {
  const statuses = ['completed', 'ringing', 'busy', 'in-progress', 'no-answer', 'in', 'no', ''];
  for (const end of endsIn(text)) {
    const rest = text.slice(end);
    const url = text.slice(ORIGIN.length, end);
    for (const { index: start } of rest.matchAll(/CallSid/g)) {
      const second = rest.indexOf('CallStatus', start);
      if (second < 0) continue;
      const id = rest.slice(start + 'CallSid'.length, second);
      for (const word of [...statuses, rest.slice(second + 'CallStatus'.length)]) {
        const behind = rest.slice(second + 'CallStatus'.length);
        if (!behind.startsWith(word)) continue;
        const after = behind.slice(word.length);
        for (const before of befores(rest.slice(0, start))) {
          const fields = [...before, ['CallSid', id], ['CallStatus', word]] as (readonly [string, string])[];
          if (after !== '') fields.push([after.slice(0, 1), after.slice(1)]);
          yield { url, fields };
        }
      }
    }
  }
}

/** Where a URL may end: beside everything that begins a name or a value. */
function endsIn(text: string): readonly number[] {
  const borders = Array.from(text.matchAll(/(?<![A-Z])[A-Z]|[=&?{]|(?<=[A-Za-z])[\d+]/g), ({ index }) => index);
  return [...new Set(borders.flatMap((at) => [at, at + 1]))].filter((at) => at > ORIGIN.length);
}

/** Ways to take what is before the first name for fields: as known ones, or as one of any name. */
function* befores(text: string): Generator<readonly (readonly [string, string])[]> {
  if (text === '') {
    yield [];
    return;
  }
  for (const at of [1, 4, 10]) yield [[text.slice(0, at), text.slice(at)]];
  const known = [
    ...text.matchAll(
      /(AccountSid|AnsweredBy|ApiVersion|AudioInMos|CallDuration)(.*?)(?=AccountSid|AnsweredBy|ApiVersion|AudioInMos|CallDuration|$)/gs,
    ),
  ];
  if (known.map(([whole]) => whole).join('') === text) yield known.map(([, name = '', value = '']) => [name, value]);
}

/** Everything that an attacker who knows one signed text can send with its signature. */
function* forgeries(text: string): Generator<Sent> {
  for (const { url, fields } of cuts(text)) {
    const names = fields.map(([name]) => name);
    // In another order the text would be another one.
    if (names.some((name, at) => name < (names[at - 1] ?? ''))) continue;
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
    yield { ...formOf({}, url, signedWith(text)), body };
    yield {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...signedWith(text) },
      body: JSON.stringify(Object.fromEntries(fields)),
    };
  }
  const whole = text.slice(ORIGIN.length);
  yield { method: 'GET', url: whole, headers: signedWith(text) };
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    const headers = { 'content-type': 'application/json', ...signedWith(text, 'hex') };
    yield { method: 'POST', url: text.slice(ORIGIN.length, at), headers, body: text.slice(at) };
  }
}

function victims(text: string): readonly string[] {
  const found = new Set<string>();
  for (const sent of forgeries(text)) {
    const call = accepted(sent);
    if (call !== undefined) found.add(call);
  }
  return [...found];
}

describe('one signed text', () => {
  it('of a form yields its own call and status only, wherever it is cut', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const found = victims(`${ORIGIN}${path}${textOf(fields)}`);
        expect(found.filter((each) => each !== `${A} ${status}`)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('of a GET yields its own call and status only', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const found = victims(`${ORIGIN}${queryOf(path, fields)}`);
        expect(found.filter((each) => each !== `${A} ${status}`)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('of JSON yields no call of another form', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const body = JSON.stringify(fields);
        const found = victims(`${ORIGIN}${path}${body}`);
        expect(found.filter((each) => each !== `${A} ${status}`)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it.each<[string, Fields]>([
    ['a text message', { Body: '', MessageSid: P, SmsSid: P, NumMedia: '0' }],
    [
      'the action of <Gather>',
      { CallSid: A, CallStatus: 'in-progress', Digits: '1', SpeechResult: '', Confidence: '0.9' },
    ],
    [
      'the action of <Dial>',
      { CallSid: A, CallStatus: 'in-progress', DialCallStatus: 'completed', DialCallSid: P, CallerName: '' },
    ],
    ['a recording', { CallSid: A, RecordingSid: P, RecordingStatus: 'completed', RecordingUrl: 'https://x.example/1' }],
    ['a transcription', { CallSid: A, TranscriptionSid: P, TranscriptionStatus: 'completed', TranscriptionText: '' }],
    ['of a conference', { CallSid: A, ConferenceSid: P, FriendlyName: '', StatusCallbackEvent: 'participant-join' }],
  ])('of %s yields no call status', (_, own) => {
    for (const [at, value] of CALLERS.entries()) {
      for (const path of [PATHS[at] as string]) {
        const free = Object.keys(own).filter((name) => own[name] === '');
        const fields = {
          AccountSid: ACCOUNT,
          ApiVersion: '2010-04-01',
          From: value,
          ...own,
          ...Object.fromEntries(free.map((name) => [name, value])),
        };
        expect([value, path, victims(`${ORIGIN}${path}${textOf(fields)}`)]).toEqual([value, path, []]);
      }
    }
  });
});

describe('a name that becomes CallSid only when it is decoded', () => {
  const genuine = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', CallSid: A, CallStatus: 'ringing' };
  /** The whole signed text up to the caller's words, taken for the account. */
  const swallowed = `${ACCOUNT}ApiVersion2010-04-01CallSid${A}CallStatusringing`;

  it.each([
    ['CallSid[]', 'CallStatus[]'],
    ['CallSid[]', 'CallStatus'],
    ['CallSid[0]', 'CallStatus[0]'],
  ])('%s begins no call', (callSid, callStatus) => {
    const fields = { ...genuine, CallerName: `${callSid}${B}${callStatus}completed`, From: '+15551230001' };
    const forged = {
      AccountSid: `${swallowed}CallerName`,
      [callSid]: B,
      [callStatus]: 'completed',
      From: '+15551230001',
    };
    expect(textOf(forged)).toBe(textOf(fields));
    expect(accepted(formOf(forged, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)))).toBeUndefined();
  });

  it.each(['[CallSid]', '\ufeffCallSid'])('%j begins no call, whoever takes the body apart', (callSid) => {
    const fields = { ...genuine, CallerName: 'CallStatuscompleted', To: `${callSid}${B}` };
    const forged = { AccountSid: `${swallowed}CallerName`, CallStatus: 'completed', To: '', [callSid]: B };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signedWith(`${ORIGIN}/hooks${textOf(fields)}`),
    };
    expect(textOf(forged)).toBe(textOf(fields));
    expect(accepted(formOf(forged, '/hooks', headers))).toBeUndefined();
    const { [callSid]: first, ...others } = forged;
    const parsed = { [callSid]: first, ...others };
    expect(accepted({ method: 'POST', url: '/hooks', headers, parsed })).toBeUndefined();
  });

  it.each([
    ['[CallSid]', B],
    ['[CallStatus]', 'completed'],
    ['[CallDuration]', '9999'],
    ['[AccountSid]', ACCOUNT.replace('1', '2')],
    ['CallStatus[]', 'completed'],
  ])('%s takes no field from a whole call', (name, value) => {
    const fields = { ...genuine, CallbackSource: 'call-progress-events', To: `${name}${value}` };
    const forged = { ...genuine, CallbackSource: 'call-progress-events', To: '', [name]: value };
    const text = `${ORIGIN}/hooks${textOf(name.startsWith('[') ? fields : forged)}`;
    expect(`${ORIGIN}/hooks${textOf(forged)}`).toBe(text);
    expect(accepted(formOf(forged, '/hooks', signedWith(text)))).toBeUndefined();
  });

  it('a byte order mark takes no field either, where another parser left it', () => {
    const fields = { ...genuine, CallbackSource: 'call-progress-events', To: `\ufeffCallSid${B}\ufeffX` };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signedWith(`${ORIGIN}/hooks${textOf(fields)}`),
    };
    const parsed = { '\ufeffX': '', ...fields, To: '', '\ufeffCallSid': B };
    expect(textOf(parsed)).toBe(textOf(fields));
    expect(accepted({ method: 'POST', url: '/hooks', headers, parsed })).toBeUndefined();
  });

  it('marks no other message either', () => {
    const fields = { ...genuine, CallerName: `CallSid${B}CallStatuscompleted`, To: 'DigitsxDigits[]' };
    const forged = {
      AccountSid: `${swallowed}CallerName`,
      CallSid: B,
      CallStatus: 'completed',
      Digits: 'x',
      'Digits[]': '',
    };
    const text = `${ORIGIN}/hooks${textOf({ ...fields, To: '' }).slice(0, -'To'.length)}DigitsxDigits[]`;
    expect(`${ORIGIN}/hooks${textOf(forged)}`).toBe(text);
    expect(accepted(formOf(forged, '/hooks', signedWith(text)))).toBeUndefined();
  });
});

describe('a message without an account', () => {
  it('cannot begin in the URL', () => {
    const fields = {
      RecordingSid: P,
      RecordingUrl: 'https://x.example/1',
      TranscriptionText: `CallSid${B}CallStatuscompletedZ`,
    };
    const text = `${ORIGIN}/hooks?order=17${textOf(fields)}`;
    const end = text.indexOf('CallSid');
    const sent = formOf(
      { CallSid: B, CallStatus: 'completed', Z: '' },
      text.slice(ORIGIN.length, end),
      signedWith(text),
    );
    expect(text.slice(end)).toBe(`CallSid${B}CallStatuscompletedZ`);
    expect(accepted(sent)).toBeUndefined();
  });

  it.each(['Digits1', 'DialCallStatuscompleted', `MessageSid${P}`, 'QueueResultbridged'])(
    'is a call status, though its caller is called %s',
    (CallerName) => {
      const fields = { CallSid: A, CallStatus: 'ringing', CallerName };
      expect(accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)))).toBe(`${A} ringing`);
    },
  );
});

describe('a genuine request is accepted', () => {
  it('as a form, whatever a caller chooses', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const sent = formOf(fields, path, signedWith(`${ORIGIN}${path}${textOf(fields)}`));
        expect(accepted(sent)).toBe(`${A} ${status}`);
      }),
      { numRuns: 300 },
    );
  });

  it('as a query', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const url = queryOf(path, fields);
        expect(accepted({ method: 'GET', url, headers: signedWith(ORIGIN + url) })).toBe(`${A} ${status}`);
      }),
      { numRuns: 300 },
    );
  });

  it('as JSON, signed over its bytes, its hash or its fields', () => {
    fc.assert(
      fc.property(call, ({ path, fields, status }) => {
        const body = JSON.stringify(fields);
        const hash = createHash('sha256').update(body).digest('hex');
        const hashed = `${path}${path.includes('?') ? '&' : '?'}bodySHA256=${hash}`;
        for (const [url, signature] of [
          [path, signedWith(`${ORIGIN}${path}${body}`, 'hex')],
          [hashed, signedWith(ORIGIN + hashed)],
          [path, signedWith(`${ORIGIN}${path}${textOf(fields)}`)],
        ] as const) {
          const headers = { 'content-type': 'application/json', ...signature };
          expect(accepted({ method: 'POST', url, headers, body })).toBe(`${A} ${status}`);
        }
      }),
      { numRuns: 200 },
    );
  });
});

it('knows measures of the audio by the form of their names', () => {
  const withMeasure = (value: string): string | undefined => {
    const fields = { AccountSid: ACCOUNT, AudioInNewestMeasure: value, CallSid: A, CallStatus: 'ringing' };
    return accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)));
  };
  expect(withMeasure('4.5')).toBe(`${A} ringing`);
  expect(withMeasure('a')).toBeUndefined();
});

describe('a request without a status', () => {
  const send = (fields: Fields) => accepted(formOf(fields, '/hooks', signedWith(`${ORIGIN}/hooks${textOf(fields)}`)));

  it('tells of its whole call only', () => {
    expect(send({ AccountSid: ACCOUNT, CallSid: A, Direction: 'inbound' })).toBe(`${A} undefined`);
    expect(send({ AccountSid: ACCOUNT, CallSid: A })).toBe(`${A} undefined`);
    expect(send({ AccountSid: ACCOUNT, CallSid: A.slice(0, -1), Direction: 'inbound' })).toBeUndefined();
    expect(send({ AccountSid: ACCOUNT, CallSid: A, z: '1' })).toBeUndefined();
    expect(send({ AccountSid: ACCOUNT, CallSid: A, CallStatusringing: 'x' })).toBeUndefined();
    expect(send({ CallSid: A, From: `AccountSid${ACCOUNT}` })).toBeUndefined();
  });
});

describe('the id of a call', () => {
  it.each([
    [{ CallerName: 'CallStatuscompletedZ1' }, `${A}CallStatusringingCallerName`],
    [{ CallerName: `CallSid${B}CallStatuscompletedZ1` }, `${A}CallStatusringingCallerNameCallSid${B}`],
  ])('has no other field in it: %o', (chosen, id) => {
    const text = textOf({ AccountSid: ACCOUNT, CallSid: A, CallStatus: 'ringing', ...chosen });
    const cut = { AccountSid: ACCOUNT, CallSid: id, CallStatus: 'completed', Z: '1' };
    expect(textOf(cut)).toBe(text);
    expect(accepted(formOf(cut, '/hooks', signedWith(`${ORIGIN}/hooks${text}`)))).toBeUndefined();
  });
});

describe('the host', () => {
  it('takes no part of the signed text', () => {
    const fields = {
      AccountSid: ACCOUNT,
      CallSid: A,
      CallStatus: 'ringing',
      CallerName: `/x?y=CallSid${B}CallStatuscompletedZ1`,
    };
    const text = `https://hooks.example.com${textOf(fields)}`;
    const end = text.indexOf('/x?y=');
    const sent = formOf({ CallSid: B, CallStatus: 'completed', Z: '1' }, '/x?y=', signedWith(text));
    expect(text).toBe(`${text.slice(0, end)}/x?y=CallSid${B}CallStatuscompletedZ1`);
    expect(accepted(sent, text.slice(0, end))).toBeUndefined();
  });
});

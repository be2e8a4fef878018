import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, ORIGIN, type Sent } from '../../../test/message-of.ts';
import {
  A,
  ACCOUNT,
  accepted,
  CALLERS,
  call,
  type Fields,
  P,
  PATHS,
  queryOf,
  signedWith,
  textOf,
} from '../../../test/signed-text.ts';

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

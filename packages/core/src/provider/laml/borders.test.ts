import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, ORIGIN } from '../../../test/message-of.ts';
import { victims } from '../../../test/shifted-borders.ts';
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loggableUrl, loggableWord, mayHavePhoneNumber, withoutPhoneNumbers } from './redact.ts';

/** The digits of numbers, in groups, with any punctuation before, between and behind them. */
const PUNCTUATION = [
  ...' -.()/_+:;,~*#|\\\'"!=&\u00a0\u2013\u2011\u00b7\u200b'.split(''),
  '  ',
  ') ',
  '%20',
  '%2B',
  '%2d',
  '%252D',
  '',
];
const punctuation = fc.constantFrom(...PUNCTUATION);
const phoneNumber = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), punctuation), { minLength: 7, maxLength: 15 })
  .map((parts) => parts.map((part) => part.join('')).join(''));

describe('withoutPhoneNumbers', () => {
  it.each(['+', '(', '+(', '1(', '1 a'])(
    'takes a long run of %s',
    (piece) => {
      // In quadratic time, this takes half a minute.
      const text = piece.repeat(200_000 / piece.length);
      expect(withoutPhoneNumbers(`${text}x`).length).toBeLessThanOrEqual(text.length + 1);
    },
    10_000,
  );

  it.each([
    ['Error: no customer for +1 (555) 123-4567, order 17', 'Error: no customer for …, order 17'],
    ["'1/555/123/4567' is unknown", "'…' is unknown"],
    ['call%2B1%20555%20123%204567x', 'call%2B…x'],
    ['a%2D1%2D5%2D5%2D5%2D1%2D2%2D3%2D4', '…'],
    ['Error: a\n    at run (/srv/app-1.2.3.4.5.6.7.8/index.js:17:301)\n555.123.4567', undefined],
    ['connect ECONNREFUSED 127.0.0.1:5432', undefined],
    ['2026-06-25T20:26:02.000Z b3877c40-da60-4998-90ad-b792e98472ca 2026-06-25', undefined],
    ['took 1200 ms of 4000 ms', undefined],
  ])('of %j', (text, expected = text.replace('555.123.4567', '…')) => expect(withoutPhoneNumbers(text)).toBe(expected));

  it('leaves none, in whatever punctuation', () => {
    fc.assert(
      fc.property(phoneNumber, fc.constantFrom('', 'Error: ', 'x'), (number, before) => {
        expect(withoutPhoneNumbers(`${before}${number} is unknown`)).not.toMatch(/(?:\p{N}[^\p{L}\p{N}]*){7}/u);
      }),
    );
  });
});

it('a word of a client is shown unless it may be a phone number', () => {
  expect([loggableWord('text/plain'), loggableWord('+1-555-123-4567'), loggableWord('a\u202e')]).toEqual([
    'text/plain',
    '…',
    'a\\u{202e}',
  ]);
});

describe('mayHavePhoneNumber', () => {
  it.each([
    '+15551234567',
    '1-555-123-4567',
    '555.123.4567',
    '+1%20555%20123%204567',
    '1/555/123/4567',
    '1_5_5_5_1_2_3_4',
    'sip:+1 (555) 123-4567@example.com',
    'call_15551234567_x',
    '1%2D555%2D123%2D4567',
    '1%252D555%252D123%252D4567',
    '%31%35%35%35%31%32%33%34%35%36%37',
    '١٥٥٥١٢٣٤٥٦٧',
    '１５５５１２３４５６７',
    '%EF%BC%91%EF%BC%95%EF%BC%95%EF%BC%95%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94',
    '2024-01-01T15551234567',
    '0015551234567000',
    'b3877c40-da60-4998-90ad-b792e98472ca+15551234567',
  ])('sees one in %s', (text) => {
    expect(mayHavePhoneNumber(text)).toBe(true);
  });

  it.each([
    'b3877c40-da60-4998-90ad-b792e98472ca',
    'B3877C40-DA60-4998-90AD-B792E98472CA',
    '12345678-1234-4234-8234-123456789012',
    'CA1234567890abcdef1234567890abcdef',
    'd9d8a3a7e0c74f9f8a5c1e3b12345678',
    'call:d9d8a3a7e0c74f9f8a5c1e3b12345678:x',
    '2024-04-04T18:32:15.000Z',
    '2024-04-04T18:32:15+05:30',
    '2024-04-04 18:32:15',
    'completed|4|Thu, 04 Apr 2024 18:32:15 +0000',
    'completed|142',
    'v1.2.3',
    '',
    '100%',
  ])('sees none in %s', (text) => {
    expect(mayHavePhoneNumber(text)).toBe(false);
  });

  it('sees numbers in any punctuation, whatever stands around them', () => {
    const around = fc.constantFrom(
      '',
      'call',
      'x-',
      'sip:',
      'b3877c40-da60-4998-90ad-b792e98472ca/',
      '2024-04-04T18:32:15Z ',
    );
    fc.assert(
      fc.property(around, phoneNumber, around, (before, number, behind) => {
        expect(mayHavePhoneNumber(`${before} ${number} ${behind}`)).toBe(true);
      }),
    );
  });

  it('hides no UUID, no hexadecimal id and no time', () => {
    const hexadecimal = fc
      .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: 16, maxLength: 40 })
      .map((digits) => digits.join(''))
      .filter((id) => /[a-f]/.test(id));
    const time = fc
      .date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString());
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), hexadecimal, time), (id) => {
        expect(mayHavePhoneNumber(id)).toBe(false);
      }),
    );
  });
});

describe('loggableUrl', () => {
  it.each([
    ['https://example.com/voice', 'https://example.com/voice'],
    ['https://example.com/voice?', 'https://example.com/voice?'],
    ['/webhooks/call-status/v2/statusCallback.json', '/webhooks/call-status/v2/statusCallback.json'],
    ['https://example.com/?token=a&To=%2B1202&secret', 'https://example.com/?token=…&To=…&…'],
    ['https://example.com/?a=1&&b=2', 'https://example.com/?a=…&&b=…'],
    ['https://example.com/?15551234567=1&s3cr3t-0123456789-0123456789-abc=', 'https://example.com/?…=…&…=…'],
    ['https://example.com/?a=1?token=secret', 'https://example.com/?a=…'],
    ['https://example.com/hook;token=a/x', 'https://example.com/…/x'],
    ['https://example.com/hook%3Ftoken=a', 'https://example.com/…'],
    ['https://example.com/hook#token=a', 'https://example.com/hook'],
    ['https://example.com/hook/+12025550143/x', 'https://example.com/hook/…/x'],
    ['https://example.com/hooks/1-555-123-4567', 'https://example.com/hooks/…'],
    ['https://example.com/hooks/555.123.4567', 'https://example.com/hooks/…'],
    ['https://example.com/hooks/+1%20555%20123%204567', 'https://example.com/hooks/…'],
    ['https://example.com/1/555/123/4567', 'https://example.com/…/…/…/…'],
    ['https://example.com/hooks/s3cr3t-token', 'https://example.com/hooks/…'],
    ['https://example.com/hooks/hunter2', 'https://example.com/hooks/…'],
    ['https://example.com/hooks/kJHgfdSAqwertz', 'https://example.com/hooks/…'],
    ['https://example.com/hooks/abcdefghijklmnopqrstuvwxyz', 'https://example.com/hooks/…'],
    ['https://example.com/a-b-c-d-e', 'https://example.com/…'],
    ['https://user:password@example.com/', 'https://…@example.com/'],
    ['https://user:p@ssword@example.com/', 'https://…@example.com/'],
    ['http://127.0.0.1:3000/voice', 'http://127.0.0.1:3000/voice'],
    ['http://ip-10-0-12-144.ec2.internal/voice', 'http://ip-10-0-12-144.ec2.internal/voice'],
    ['http://[2001:db8::1234:5678]:3000/voice', 'http://[2001:db8::1234:5678]:3000/voice'],
    ['http://[1.555.123.4567]/voice', 'http://…/voice'],
    ['http://1-555-123-4567.example/voice', 'http://…/voice'],
    ['http://a\u009bb/voice', 'http://…/voice'],
    ['http://a b/voice', 'http://…/voice'],
    ['', ''],
  ])('makes of %s: %s', (url, shown) => {
    expect(loggableUrl(url)).toBe(shown);
  });

  it('cuts what is too long: anyone can send it', () => {
    const shown = loggableUrl(`https://example.com/?${'a=1&'.repeat(1000)}`);
    expect([shown.length, shown.at(-1)]).toEqual([501, '…']);
  });

  it('shows no phone number, and nothing that is not printable', () => {
    const text = fc.oneof(phoneNumber, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, text, (host, path, query) => {
        const shown = loggableUrl(`https://${host}.example/${path}?${query}`);
        expect(mayHavePhoneNumber(shown)).toBe(false);
        expect(shown).not.toMatch(/(?! )[\p{C}\p{Z}]/u);
      }),
      { numRuns: 1000 },
    );
  });
});

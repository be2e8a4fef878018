import { describe, expect, it } from 'vitest';
import {
  answeredBy,
  count,
  direction,
  fieldsOf,
  hasValue,
  id,
  isStatus,
  number,
  phone,
  present,
  sipCode,
  span,
  statusOf,
  text,
  within,
  word,
} from './values.ts';

/** What says nothing, in every encoding. */
const ABSENT = [undefined, null, '', ' ', '\t', 'null', 'NULL', ' Null ', '\ufeff', [], [null, ''], [['']]];
const READERS = { text, word, id, phone, number, span, count, sipCode, direction, answeredBy, hasValue };

describe.each(Object.entries(READERS))('%s', (_, read) => {
  it.each(ABSENT.map((value) => [value]))('reads nothing in %j', (value) => {
    expect(read(value) || undefined).toBeUndefined();
  });

  it('reads a list of equal values as the one value, and nothing in different ones', () => {
    for (const value of ['200', 'human', 'inbound']) {
      const one = read(value);
      expect([read([value]), read([value, value]), read(['', value, null, `${value} `])]).toEqual([one, one, one]);
      if (read !== hasValue) expect(read(['1', '2', value])).toBeUndefined();
    }
  });
});

describe('text', () => {
  it.each([
    ['+15551234567', '+15551234567'],
    [' Jane Smith\t', 'Jane Smith'],
    ['nullable', 'nullable'],
    [0, '0'],
    [true, undefined],
    [{}, undefined],
    [['a'], 'a'],
    [['9', 9], '9'],
    [[{}], undefined],
  ])('%j is %j', (value, expected) => expect(text(value)).toBe(expected));
});

describe('word', () => {
  it.each([
    [' In-Progress ', 'in-progress'],
    [['Dial', 'dial '], 'dial'],
    [7, '7'],
    [{}, undefined],
  ])('%j is %j', (value, expected) => expect(word(value)).toBe(expected));
});

describe('id', () => {
  it.each([
    [' CA1 ', 'CA1'],
    [['CA1', 'CA1 '], 'CA1'],
    [['CA1', 'CA2'], undefined],
    [12345678901234, undefined],
    [[7], undefined],
    [{}, undefined],
  ])('%j is %j', (value, expected) => expect(id(value)).toBe(expected));
});

describe('isStatus', () => {
  it.each([
    ['completed', true],
    ['', true],
    [null, true],
    [7, false],
    [['busy', 'busy', ''], true],
    [['busy', 'completed'], false],
    [[{}], false],
    [undefined, false],
    [{}, false],
    [true, false],
  ])('of %j is %j', (value, expected) => expect(isStatus(value)).toBe(expected));
});

describe('hasValue', () => {
  it.each([['x'], [' x'], [0], [false], [{ a: [{ b: '1' }] }], [['', 'x']]])('of %j is true', (value) => {
    expect(hasValue(value)).toBe(true);
  });

  it.each([[{}], [{ a: '' }], [[{ b: null }]]])('of %j is false', (value) => expect(hasValue(value)).toBe(false));
});

describe('phone', () => {
  it.each([
    ['+919990002222', '+919990002222'],
    [' 919990002222', '+919990002222'],
    [' 1 (555) 123-0001 ', '+1 (555) 123-0001'],
    ['sip: 15551230001@x.example', 'sip:+15551230001@x.example'],
    ['tel: 15551230001', 'tel:+15551230001'],
    [' sip: 15551230001@x.example', 'sip:+15551230001@x.example'],
    ['  15551230001', '+15551230001'],
    ['client:alice west', 'client:alice west'],
    ['client:alice 2', 'client:alice 2'],
    [' alice', 'alice'],
    ['0XXXXX1234', '0XXXXX1234'],
    [919990002222, '919990002222'],
    [[' 919990002222', '+919990002222'], '+919990002222'],
    [{}, undefined],
  ])('%j is %j', (value, expected) => expect(phone(value)).toBe(expected));

  // Where each space is tried anew, this takes half a minute.
  it('is read once, however long it is', { timeout: 10_000 }, () => {
    const spaces = ' '.repeat(64_000);
    expect(phone(`${spaces}1`)).toBe('+1');
    expect(phone(`${spaces}x`)).toBe('x');
    expect(phone(`sip:${spaces}x`)).toBe(`sip:${spaces}x`);
  });
});

describe('number', () => {
  it.each([
    ['57', 57],
    [' 57 ', 57],
    ['20.01', 20.01],
    ['-1', -1],
    ['007', 7],
    [['9', ' 09'], 9],
    [0.36, 0.36],
    [0, 0],
    ['NaN', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['12s', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['9'.repeat(400), undefined],
    [[1], 1],
    [['9', 9], 9],
    [true, undefined],
  ])('%j is %j', (value, expected) => expect(number(value)).toBe(expected));
});

describe('figures with a scale', () => {
  it.each([
    [count, '0', 0],
    [count, '-1', undefined],
    [span, '-0.5', undefined],
    [span, '20.01', 20.01],
    [count, '20.01', undefined],
    [count, '9'.repeat(20), undefined],
    [count, '41', 41],
    [sipCode, '486', 486],
    [sipCode, '99', undefined],
    [sipCode, '700', undefined],
    [sipCode, '486.5', undefined],
    [(value: unknown) => within(value, 1, 5), '0', undefined],
    [(value: unknown) => within(value, 1, 5), '1', 1],
    [(value: unknown) => within(value, 1, 5), '5.0', 5],
    [(value: unknown) => within(value, 1, 5), '5.1', undefined],
    [(value: unknown) => within(value, 1, 5), -3, undefined],
  ])('%o of %j is %j', (read, value, expected) => expect(read(value)).toBe(expected));
});

describe('direction', () => {
  it.each([
    ['inbound', 'inbound'],
    [' Incoming ', 'inbound'],
    ['Outbound', 'outbound'],
    ['outbound-api', 'outbound'],
    ['OUTBOUND-DIAL', 'outbound'],
    ['outgoing', 'outbound'],
    ['sideways', undefined],
    [{}, undefined],
  ])('%j is %j', (value, expected) => expect(direction(value)).toBe(expected));
});

describe('answeredBy', () => {
  it.each([
    ['Human', 'human'],
    [' HUMAN ', 'human'],
    ['machine', 'machine'],
    ['machine_start', 'machine'],
    ['Machine_End_Beep', 'machine'],
    ['machine_end_silence', 'machine'],
    ['machine_end_other', 'machine'],
    ['fax', 'fax'],
    ['NotSure', 'unknown'],
    ['unknown', 'unknown'],
    ['a new word', 'unknown'],
    ['NA', undefined],
  ])('%j is %j', (value, expected) => expect(answeredBy(value)).toBe(expected));
});

describe('present', () => {
  it('drops what is absent', () => {
    expect(present<{ a?: number; b?: number }>({ a: 0, b: undefined })).toStrictEqual({ a: 0 });
  });

  it('is absent when all is', () => {
    expect(present<{ a?: number }>({ a: undefined })).toBeUndefined();
  });

  it('takes no part from a prototype', () => {
    expect(present<{ a?: number; b?: number }>(Object.assign(Object.create({ a: 1 }), { b: 2 }))).toStrictEqual({
      b: 2,
    });
  });
});

describe('fieldsOf', () => {
  it.each([null, undefined, 'text', 1])('of %j is empty', (value) => expect(fieldsOf(value)).toStrictEqual({}));

  it('of an object is the object', () => {
    const value = { a: 1 };
    expect(fieldsOf(value)).toBe(value);
  });
});

it.each([
  ['up', 'in-progress'],
  ['Up', 'in-progress'],
  [' up ', 'in-progress'],
  ['Down', 'failed'],
  ['down', 'completed'],
  ['sideways', 'unknown'],
  ['constructor', 'unknown'],
  ['__proto__', 'unknown'],
  ['', 'unknown'],
])('the status word %j is %s', (word, status) => {
  expect(statusOf({ up: 'in-progress', down: 'completed', Down: 'failed' }, word)).toBe(status);
});

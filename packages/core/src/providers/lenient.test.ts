import { describe, expect, it } from 'vitest';
import { answeredBy, direction, fieldsOf, number, present, text } from './lenient.ts';

describe('text', () => {
  it.each([
    ['+15551234567', '+15551234567'],
    [' kept as sent ', ' kept as sent '],
    [0, '0'],
    ['', undefined],
    ['null', undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [{}, undefined],
    [['a'], undefined],
  ])('%j is %j', (value, expected) => expect(text(value)).toBe(expected));
});

describe('number', () => {
  it.each([
    ['57', 57],
    ['20.01', 20.01],
    ['-1', -1],
    ['007', 7],
    [0.36, 0.36],
    [0, 0],
    ['', undefined],
    [' ', undefined],
    ['null', undefined],
    ['NaN', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['12s', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [null, undefined],
    ['9'.repeat(400), undefined],
    [[1], undefined],
    [true, undefined],
  ])('%j is %j', (value, expected) => expect(number(value)).toBe(expected));
});

describe('direction', () => {
  it.each([
    ['inbound', 'inbound'],
    ['incoming', 'inbound'],
    ['Outbound', 'outbound'],
    ['outbound-api', 'outbound'],
    ['outbound-dial', 'outbound'],
    ['outgoing', 'outbound'],
    ['sideways', undefined],
    [undefined, undefined],
    [{}, undefined],
  ])('%j is %j', (value, expected) => expect(direction(value)).toBe(expected));
});

describe('answeredBy', () => {
  it.each([
    ['Human', 'human'],
    ['HUMAN', 'human'],
    ['machine', 'machine'],
    ['NotSure', 'unknown'],
    ['unknown', 'unknown'],
    ['NA', undefined],
    ['', undefined],
    [null, undefined],
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './fields.ts';
import { decodeForm } from './form.ts';
import { toTree } from './tree.ts';

const tree = (form: string) => toTree(decodeForm(form, DEFAULT_LIMITS).toRecord(), DEFAULT_LIMITS);

describe('toTree', () => {
  it('gives flat fields as a plain object', () => {
    expect(tree('a=1&b=2&b=3&c=')).toStrictEqual({ a: '1', b: ['2', '3'], c: '' });
    expect(tree('toString=1&a]=2&a.b=3')).toStrictEqual({ toString: '1', 'a]': '2', 'a.b': '3' });
  });

  it('makes arrays and objects of brackets', () => {
    const form =
      'CallSid=x&Legs[0][Status]=completed&Legs[0][OnCallDuration]=41&Legs[1][Status]=&Legs[1][AnsweredBy]=NA';
    expect(tree(form)).toStrictEqual({
      CallSid: 'x',
      Legs: [
        { Status: 'completed', OnCallDuration: '41' },
        { Status: '', AnsweredBy: 'NA' },
      ],
    });
    expect(tree('Legs[]=a&Legs[]=b')).toStrictEqual({ Legs: ['a', 'b'] });
    expect(tree('Legs[]=a')).toStrictEqual({ Legs: ['a'] });
    expect(tree('Legs[1]=b&Legs[0]=a')).toStrictEqual({ Legs: ['a', 'b'] });
    expect(tree('a[b]=1&a[b]=2')).toStrictEqual({ a: { b: ['1', '2'] } });
    expect(tree('a[toString]=1&a[valueOf][x]=2')).toStrictEqual({ a: { toString: '1', valueOf: { x: '2' } } });
  });

  it('makes arrays of up to 50 elements, and of greater indices no arrays', () => {
    const entries = Array.from({ length: 50 }, (_, i) => [`a[${i}]`, String(i)]);
    expect(toTree(Object.fromEntries(entries), DEFAULT_LIMITS)).toEqual({ a: entries.map(([, value]) => value) });
    expect(tree('a[50]=x')).toStrictEqual({ a: { 50: 'x' } });
    expect(tree('Legs[999999]=x&Legs[0]=y')).toStrictEqual({ Legs: { 0: 'y', 999999: 'x' } });
    expect(tree('Legs[4294967295]=x')).toStrictEqual({ Legs: { 4294967295: 'x' } });
  });

  it('lets the bracketed name stay where it clashes with a plain one', () => {
    expect(tree('a=1&a[b]=2')).toStrictEqual({ a: { b: '2' } });
    expect(tree('a[b]=2&a=1')).toStrictEqual({ a: { b: '2' } });
    expect(tree('a[b]=2&a[0]=1')).toEqual({ a: { b: '2', 0: '1' } });
    expect(tree('a[b]=2&a[b][c]=1')).toHaveProperty('a.b');
  });

  it('leaves what another parser nested', () => {
    const nested = { a: '1', Legs: [{ Status: 'busy' }] };
    expect(toTree(nested, DEFAULT_LIMITS)).toStrictEqual(nested);
    expect(toTree({ a: { b: '1' }, 'Legs[0][Status]': 'busy' }, DEFAULT_LIMITS)).toStrictEqual({
      ...nested,
      a: { b: '1' },
    });
  });

  it('bounds the depth', () => {
    expect(tree(`a${'[b]'.repeat(16)}=1`)).toHaveProperty(`a${'.b'.repeat(16)}`, '1');
    for (const levels of [17, 20_000]) {
      expect(() => tree(`a${'[b]'.repeat(levels)}=1`)).toThrow(
        expect.objectContaining({ code: 'body_too_large', message: expect.stringContaining('limits.depth') }),
      );
    }
  });

  it.each([
    '__proto__=1&constructor=2&prototype=3&a=4',
    '__proto__[polluted]=1&constructor[prototype][polluted]=1&a=4',
    '[__proto__][polluted]=1&[constructor]=2&a=4',
    'b[__proto__][polluted]=1&b[constructor][prototype][polluted]=1&b[prototype]=2&a=4',
    'b[__proto__=1&b[[__proto__]=2&b[constructor=3&a=4',
    'b[]__proto__=1&b[][__proto__][x]=1&a=4',
  ])('lets no forbidden name in: %s', (form) => {
    expect(tree(form)).toStrictEqual({ a: '4' });
    expect(Object.getPrototypeOf(tree(form))).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it('takes any names: nothing but a refusal is thrown, nothing forbidden gets in', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '[]',
      '[0]',
      '[1]',
      '[49]',
      '[50]',
      '[a]',
      'a',
      'b',
      '.',
      '__proto__',
      'constructor',
      '[prototype]',
      '0',
    );
    const name = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const value = fc.oneof(
      fc.constantFrom('', 'x'),
      fc.array(fc.constantFrom('', 'y'), { minLength: 2, maxLength: 60 }),
    );
    const builtIn = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        (entries, depth) => {
          try {
            const pending: unknown[] = [toTree(Object.fromEntries(entries), { ...DEFAULT_LIMITS, depth })];
            for (const container of pending) {
              for (const [key, child] of Object.entries(container as object)) {
                expect(['__proto__', 'constructor', 'prototype']).not.toContain(key);
                if (typeof child === 'object') pending.push(child);
              }
            }
          } catch (error) {
            expect(error).toHaveProperty('code', 'body_too_large');
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(builtIn);
  });
});

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';

const KEY = 'PSKtest1234567890abcdef';

function sign(text: string, key = KEY, algorithm = 'sha1', encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

describe('diagnose', () => {
  const guesses = (size: number) => ({
    signatures: [{ given: sign('x', KEY, 'sha1', 'hex'), algorithm: 'sha1', encoding: 'base64' as const }],
    secrets: [KEY],
    starts: [{ value: '' }],
    contents: [{ value: 'x' }, { value: 'y'.repeat(size) }],
  });

  it('tries neither long messages nor malformed signatures', () => {
    expect(diagnose(guesses(1))).toHaveLength(1);
    expect(diagnose(guesses(20_000))).toBeUndefined();
    const given = 'x'.repeat(300);
    expect(diagnose({ ...guesses(1), signatures: [{ given, algorithm: 'sha1', encoding: 'hex' }] })).toBeUndefined();
    expect(diagnose({ ...guesses(1), signatures: [] })).toBeUndefined();
  });

  it('finds the one of several signatures that matches, each digest made once', () => {
    const { signatures, ...others } = guesses(1);
    const wrong = { given: sign('another', KEY, 'sha1', 'hex'), algorithm: 'sha1', encoding: 'hex' as const };
    expect(diagnose({ ...others, signatures: [wrong, ...signatures] })).toHaveLength(1);
    expect(diagnose({ ...others, signatures: [wrong] })).toBeUndefined();
  });

  it('tries so many changes and no more', () => {
    const starts = Array.from({ length: 1000 }, (_, at) => ({ value: at === 999 ? '' : `${at}`, advice: 'no' }));
    expect(diagnose({ ...guesses(1), starts })).toBeUndefined();
  });

  it('stops when it has taken too much time', () => {
    const starts = Array.from({ length: 300 }, (_, at) => ({ value: `${at}` }));
    let diagnoses = 0;
    while (diagnose(guesses(1)) !== undefined && diagnoses++ < 100_000) diagnose({ ...guesses(16_000), starts });
    expect(diagnose(guesses(1))).toBeUndefined();
  });
});

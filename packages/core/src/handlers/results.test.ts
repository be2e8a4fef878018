import { describe, expect, it } from 'vitest';
import { CallStatusError } from '../errors.ts';
import { textOf } from './results.ts';

describe('textOf', () => {
  it('is bounded, however long a thrown text is, and splits no character', () => {
    const text = textOf(new Error('😀'.repeat(1_000_000)));
    expect(text.length).toBeLessThan(2050);
    expect(text).toMatch(/^Error: (😀)+… \(2000007 characters\)$/u);
    expect(textOf('x'.repeat(2000))).toHaveLength(2000);
  });

  it('names the code of what call-status throws', () => {
    expect(textOf(new CallStatusError('handler_timeout'))).toMatch(/^handler_timeout: A handler took longer/);
  });
});

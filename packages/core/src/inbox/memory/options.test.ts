import { describe, expect, it } from 'vitest';
import { MemorySubject } from '../../../test/memory-subject.ts';
import { type MemoryInboxOptions, memoryInbox } from '../memory-inbox.ts';

describe('the options of a memory inbox', () => {
  const KNOWN = 'maxBytes, maxCalls, retentionMs, clock';

  function expectIssue(options: unknown, issue: string): void {
    expect(() => memoryInbox(options as MemoryInboxOptions), String(options)).toThrow(
      expect.objectContaining({ code: 'invalid_options', details: { issues: [expect.stringContaining(issue)] } }),
    );
  }

  it.each([
    ['maxBytes', 'a whole number of bytes, 1 or more', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null]],
    ['maxCalls', 'a whole number, 1 or more', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null]],
    ['retentionMs', 'milliseconds, more than 0', [0, -1, Number.NaN, '10', null]],
    ['clock', 'a function such as Date.now', [0, null, new Date()]],
  ])('refuse a wrong %s', (name, expected, values) => {
    for (const value of values) expectIssue({ [name]: value }, `\`${name}\`: expected ${expected}, got `);
  });

  it('refuse what is no option, and what is no options', () => {
    for (const name of ['maxCall', 'retentionms', 'path']) {
      expectIssue({ [name]: 10 }, `nown: ${KNOWN}.`);
    }
    expectIssue('calls.db', `options: expected an object of ${KNOWN}, got a text.`);
  });

  it('may keep ended calls for ever', async () => {
    const subject = new MemorySubject({ retentionMs: Number.POSITIVE_INFINITY });
    await subject.handle('a', 'completed');
    subject.time += 1e12;
    await subject.handle('b', 'completed');
    expect(await subject.callIds()).toBe('a b');
  });
});

import { expect, it } from 'vitest';
import { callback } from '../../test/receiver-subject.ts';
import type { CallbackRequest } from '../callback-request.ts';
import { CallStatusError } from '../errors.ts';
import { hintOf, refusedHead } from './refusal.ts';

const head = (more: Partial<CallbackRequest>) =>
  refusedHead(callback('', { body: undefined, ...more }), new CallStatusError('body_aborted'));

it('takes the length of a body that was not read from its header', () => {
  expect(head({ headers: { 'content-length': '12' } }).bytes).toBe(12);
  for (const headers of [{ 'content-length': '1e3' }, { 'content-length': ['1', '2'] }, {}])
    expect(head({ headers })).not.toHaveProperty('bytes');
});

it('keeps no phone number, and only the beginning of what is long', () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x-${at}`, '1']));
  const { headerNames, requestId } = head({
    headers: { 'x-15550100123': '1', 'x-request-id': '+1 555 010 0123', ...many },
  });
  expect([headerNames.length, headerNames[0], requestId]).toEqual([100, '…', '…']);
  expect(head({ url: `/${'a'.repeat(1000)}`, headers: { 'content-type': 'x'.repeat(1000) } })).toMatchObject({
    url: `/${'a'.repeat(499)}…`,
    contentType: 'x'.repeat(200),
  });
});

it('knows no network of something else than an address', () => {
  expect(head({ clientAddress: 'unknown' })).not.toHaveProperty('caller');
});

it('says why, with every detail that the error has', () => {
  const hint = (details: object) => hintOf(new CallStatusError('invalid_callback', details));
  expect(hint({})).toBeUndefined();
  expect(hint({ hint: 'Do this.' })).toBe('Do this.');
  expect(hint({ issues: ['One.', 'Two.'] })).toBe('One. Two.');
  expect(hint({ reason: 'So.', hint: 'Do this.' })).toBe('So. Do this.');
});

import { expect, it } from 'vitest';
import { CallStatusError, ERRORS, type ErrorCode, isCallStatusError } from './errors.ts';

it.each(Object.entries(ERRORS))('%s says what is wrong and how to mend it', (code, { message }) => {
  const cause = new Error('cause');
  const error = new CallStatusError(code as ErrorCode, { issues: ['One.', 'Two.'], hint: 'Three.' }, { cause });
  expect(error).toMatchObject({ name: 'CallStatusError', code, cause, message: `${message} One. Two. Three.` });
  expect(new CallStatusError(code as ErrorCode).message).toBe(message);
  expect(message).toMatch(/^[A-Z].*\.$/);
});

it('is recognised across two copies of the package, and nothing else is', () => {
  const copy = Object.assign(new Error('x'), { name: 'CallStatusError' });
  const recognised = [new CallStatusError('closed'), copy, new Error('x'), { name: 'CallStatusError' }, undefined];
  expect(recognised.map(isCallStatusError)).toEqual([true, true, false, false, false]);
});

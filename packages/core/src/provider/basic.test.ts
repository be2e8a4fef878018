import { expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { basic, verifyBasic } from './basic.ts';

const verdict = (authorization: string, ...secrets: readonly string[]) =>
  verifyBasic(messageOf(jsonOf({}, '/hooks', { authorization })), secrets);

it('accepts the user and the password of any secret', () => {
  expect(verdict(basic('user', 'pass:word'), 'old:secret', 'user:pass:word')).toBe('valid');
  expect(verdict(basic('user', 'other'), 'user:password')).toBe('mismatch');
});

it.each([':', 'user:', ':password'])('accepts nothing for %j, which lacks a part', (secret) => {
  const [user = '', password = ''] = secret.split(':');
  expect(verdict(basic(user, password), secret)).toBe('mismatch');
});

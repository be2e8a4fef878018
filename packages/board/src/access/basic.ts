import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { checkOptions, type OptionRule } from '@call-status/core/inbox';
import { json } from '../http/answer.ts';

/** The user and the password of {@link basic}. */
export interface BasicOptions {
  /** The name of the user; without a colon. */
  readonly user: string;
  /** The password. */
  readonly password: string;
}

const TEXT: OptionRule = {
  expected: 'a text that is not empty',
  fits: (value) => typeof value === 'string' && value !== '',
  isRequired: true,
  refusesUndefined: true,
  isSecret: true,
};

/**
 * Asks for a user and a password (HTTP Basic). They are compared in constant time. Use it over HTTPS only.
 *
 * @throws CallStatusError `invalid_options`
 * @example
 * ```ts
 * import { basic, createBoard } from '@call-status/board';
 * import { createCallStatus, signalwire } from '@call-status/core';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
 * const board = createBoard({ calls, auth: basic({ user: 'ops', password: process.env.BOARD_PASSWORD! }) });
 * ```
 */
export function basic(options: BasicOptions): (request: Request) => string | Response {
  const user: OptionRule = {
    ...TEXT,
    expected: 'a text without a colon',
    fits: (value) => TEXT.fits(value) && !String(value).includes(':'),
  };
  checkOptions<BasicOptions>('basic()', options, { user, password: TEXT });
  const salt = randomBytes(16);
  const hash = (text: string): Buffer => createHash('sha256').update(salt).update(text).digest();
  const expected = hash(`${options.user}:${options.password}`);
  return ({ headers }) => {
    const [, encoded = ''] = /^basic +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
    const isRight = timingSafeEqual(hash(Buffer.from(encoded, 'base64').toString()), expected);
    return isRight ? options.user : unauthorized({ 'www-authenticate': 'Basic realm="call-status", charset="UTF-8"' });
  };
}

/** The answer to a visitor who is not known. */
export function unauthorized(headers: Readonly<Record<string, string>> = {}): Response {
  return json({ code: 'unauthorized', message: 'Sign in to see the board.' }, 401, headers);
}

import { CallStatusError } from '../errors.ts';
import type { Trust } from '../event.ts';
import { type Message, TOKEN_PARAMETER } from '../message.ts';
import type { Provider, Secret } from '../provider.ts';
import type { CallbackRequest } from '../request.ts';
import { mismatchHint, withoutQueryValues } from './hint.ts';
import { secretsOf } from './secrets.ts';
import { tokenVerdict } from './token.ts';

/**
 * Step 3: is the message genuine? Everything that is configured has to hold: the token, the signature, or both.
 *
 * @throws CallStatusError `token_missing`, `token_mismatch`, `signature_missing`, `signature_mismatch`, `signature_expired`,
 *   `body_consumed`, `secret_unavailable`
 */
export async function authenticate(message: Message, provider: Provider, now: number): Promise<Trust> {
  const { definition, options, name } = provider;
  let trust: Trust = 'none';
  if (options.token !== undefined) {
    const tokens = await lookUp(options.token, message.request, name);
    const verdict = tokenVerdict(message.query[TOKEN_PARAMETER], tokens);
    if (verdict !== 'genuine') throw new CallStatusError(verdict, { provider: name });
    trust = 'token';
  }
  const secret = signingSecret(provider);
  if (secret !== undefined) {
    const secrets = await lookUp(secret, message.request, name);
    const verdict = definition.authenticate?.(message, secrets, options, now) ?? 'signature_mismatch';
    if (verdict !== 'genuine') {
      const details = { provider: name, url: withoutQueryValues(message.url) };
      throw new CallStatusError(
        verdict,
        verdict === 'signature_mismatch' ? { ...details, hint: mismatchHint(message, secrets) } : details,
      );
    }
    trust = 'signed';
  }
  return trust;
}

/** The secret with which this provider signs, if it is set. */
export function signingSecret({ definition, options }: Provider): Secret | undefined {
  if (definition.secret === undefined) return undefined;
  return (options as Readonly<Record<string, Secret | undefined>>)[definition.secret];
}

async function lookUp(secret: Secret, request: CallbackRequest, provider: string): Promise<readonly string[]> {
  try {
    return await secretsOf(secret, request);
  } catch (cause) {
    throw new CallStatusError('secret_unavailable', { provider }, { cause });
  }
}

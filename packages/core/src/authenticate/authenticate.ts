import { CallStatusError } from '../errors.ts';
import type { Trust } from '../event.ts';
import { type Message, TOKEN_PARAMETER } from '../message.ts';
import type { Provider, Secret, Verdict } from '../provider.ts';
import { loggableUrl } from '../redact.ts';
import type { CallbackRequest } from '../request.ts';
import { mismatchHint } from './hint.ts';
import { secretsOf } from './secrets.ts';
import { tokenVerdict } from './token.ts';

/**
 * Step 3: is the message genuine? Everything that is configured has to hold: the token, the signature, or both.
 * Waits only for secrets that have to be waited for.
 *
 * @throws CallStatusError (or rejects with) `token_missing`, `token_mismatch`, `signature_missing`, `signature_mismatch`,
 *   `signature_expired`, `body_consumed`, `secret_unavailable`
 */
export function authenticate(message: Message, provider: Provider, now: number): Trust | Promise<Trust> {
  const tokens = lookUp(provider.options.token, message.request, provider.name);
  const secrets = lookUp(signingSecret(provider), message.request, provider.name);
  if (tokens instanceof Promise || secrets instanceof Promise) {
    return Promise.all([tokens, secrets]).then((found) => verify(message, provider, now, ...found));
  }
  return verify(message, provider, now, tokens, secrets);
}

/** Secrets that are `undefined` are not configured; an empty list fits nothing. */
function verify(
  message: Message,
  provider: Provider,
  now: number,
  tokens: readonly string[] | undefined,
  secrets: readonly string[] | undefined,
): Trust | Promise<Trust> {
  const { definition, options, name } = provider;
  if (tokens !== undefined) {
    const verdict = tokenVerdict(message.query[TOKEN_PARAMETER], tokens);
    if (verdict !== 'genuine') throw new CallStatusError(verdict, { provider: name });
  }
  if (secrets === undefined) return tokens === undefined ? 'none' : 'token';
  const verdict = definition.authenticate?.(message, secrets, options, now) ?? 'signature_mismatch';
  // Only some providers of your own have something to wait for, and each turn costs.
  if (typeof verdict === 'string') return trustIn(verdict, message, provider, secrets);
  return Promise.resolve(verdict).then((late) => trustIn(late, message, provider, secrets));
}

function trustIn(
  verdict: Verdict,
  message: Message,
  { definition, name }: Provider,
  secrets: readonly string[],
): Trust {
  if (verdict === 'genuine') return 'signed';
  if (!REFUSALS.includes(verdict)) throw new TypeError(`authenticate() of ${name} gave no verdict.`);
  const details = { provider: name, url: loggableUrl(message.url) };
  throw new CallStatusError(
    verdict,
    verdict === 'signature_mismatch' ? { ...details, hint: mismatchHint(message, secrets, definition.signs) } : details,
  );
}

/** Code that is not type-checked may return anything. */
const REFUSALS: readonly Verdict[] = ['signature_missing', 'signature_mismatch', 'signature_expired', 'body_consumed'];

/** The secret with which this provider signs, if it is set. */
export function signingSecret({ definition, options }: Provider): Secret | undefined {
  if (definition.secret === undefined) return undefined;
  return (options as Readonly<Record<string, Secret | undefined>>)[definition.secret];
}

function lookUp(
  secret: Secret | undefined,
  request: CallbackRequest,
  provider: string,
): readonly string[] | undefined | Promise<readonly string[]> {
  if (secret === undefined) return undefined;
  return typeof secret === 'function' ? lookUpLater(secret, request, provider) : secretsOf(secret, request);
}

async function lookUpLater(secret: Secret, request: CallbackRequest, provider: string): Promise<readonly string[]> {
  try {
    return await secretsOf(secret, request);
  } catch (cause) {
    throw new CallStatusError('secret_unavailable', { provider }, { cause });
  }
}

import { CallStatusError, type ErrorCode, type ErrorDetails, isCallStatusError } from '../errors.ts';
import type { Trust } from '../event.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { Verdict } from '../provider/definition.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { kindOf } from '../rules/check-options.ts';
import { type Found, type Secret, secretsOf } from '../signing/secrets.ts';
import { tokenVerdict } from '../signing/token.ts';
import { TOKEN_PARAMETER } from '../signing/with-token.ts';
import { loggableUrl } from '../text/redact.ts';
import { refusalWithHint } from './hints.ts';

/** The proof that a callback is genuine. */
export interface Proof {
  readonly trust: Trust;
  /** The tenant whose secret proves it. */
  readonly tenant?: string | undefined;
}

/**
 * Step 3: proves that a callback is genuine. Everything that is configured must be valid: the token, the signature or credentials, or both. The token is
 * compared first, before the body is decoded and before the signing secret is looked up.
 *
 * @throws CallStatusError (or rejects with) `token_missing`, `token_mismatch`, `signature_missing`, `signature_mismatch`,
 *   `signature_expired`, `credentials_missing`, `credentials_mismatch`, `body_consumed`, `invalid_host`, `secret_unavailable`, and what decoding throws
 */
export function authenticate(message: IncomingCallback, provider: Provider, now: number): Proof | Promise<Proof> {
  return whenFound(lookUp(provider.options.token, message, provider), (tokens) => {
    if (tokens !== undefined) {
      const verdict = tokenVerdict(message.parameter(TOKEN_PARAMETER), tokens.secrets);
      if (verdict !== 'valid') throw tokenRefusal(`token_${verdict}`, message, provider, tokens.secrets, now);
    }
    const secret = signingSecret(provider);
    if (secret === undefined) return tokens === undefined ? UNPROVED : { trust: 'token', tenant: tokens.tenant };
    return whenFound(lookUp(secret, message, provider), (secrets) => {
      return verify(message, provider, now, agreed(provider, secrets as Found, tokens));
    });
  });
}

const UNPROVED: Proof = { trust: 'none' };

/** Awaits only promises, since every turn costs time. */
function whenFound<Result>(
  found: Found | undefined | Promise<Found>,
  then: (found: Found | undefined) => Result | Promise<Result>,
): Result | Promise<Result> {
  return found instanceof Promise ? found.then(then) : then(found);
}

/** `undefined`: no secret is configured. An empty list matches nothing. */
function lookUp(
  secret: Secret | undefined,
  { request }: IncomingCallback,
  { name }: Provider,
): Found | undefined | Promise<Found> {
  if (secret === undefined) return undefined;
  const fail = (cause: unknown): never => {
    throw new CallStatusError('secret_unavailable', { provider: name }, { cause });
  };
  try {
    const found = secretsOf(secret, request);
    return found instanceof Promise ? found.catch(fail) : found;
  } catch (cause) {
    return fail(cause);
  }
}

/** The signing secrets, and the tenant that they and the token belong to. */
function agreed({ name }: Provider, { secrets, tenant }: Found, tokens: Found | undefined): Found {
  if (tenant !== undefined && tokens?.tenant !== undefined && tenant !== tokens.tenant) {
    const hint = 'The functions of token and signing secret return different tenants.';
    throw new CallStatusError('secret_unavailable', { provider: name, hint });
  }
  return { secrets, tenant: tenant ?? tokens?.tenant };
}

function verify(
  message: IncomingCallback,
  provider: Provider,
  now: number,
  { secrets, tenant }: Found,
): Proof | Promise<Proof> {
  const { definition, options } = provider;
  const prove = (verdict: Verdict): Proof => {
    // Credentials cover nothing of the request.
    if (verdict === 'valid') return { trust: definition.signs === 'nothing' ? 'token' : 'signed', tenant };
    throw refusal(verdict, message, provider, secrets, now);
  };
  const fail = (error: unknown): never => {
    throw aboutProvider(error, message, provider, secrets, now);
  };
  try {
    const verify = definition.authenticate ?? (() => 'mismatch' as const);
    const verdict = verify(message, secrets, options, now);
    // Only some custom providers are asynchronous, and every turn costs time.
    return typeof verdict === 'string' ? prove(verdict) : Promise.resolve(verdict).then(prove).catch(fail);
  } catch (error) {
    return fail(error);
  }
}

function tokenRefusal(
  code: 'token_missing' | 'token_mismatch',
  message: IncomingCallback,
  provider: Provider,
  tokens: readonly string[],
  nowMs: number,
): CallStatusError {
  const input = { secrets: [], tokens, nowMs };
  return refusalWithHint(code, message, provider, input, (hint) => {
    return new CallStatusError(code, { provider: provider.name, ...hint });
  });
}

function refusal(
  verdict: Verdict,
  message: IncomingCallback,
  provider: Provider,
  secrets: readonly string[],
  nowMs: number,
): CallStatusError {
  const { definition, name } = provider;
  const code = (definition.signs === 'nothing' ? WITHOUT_SIGNATURE : REFUSALS).get(verdict);
  if (code === undefined) throw new TypeError(`authenticate() of ${name}: ${VERDICTS}, got ${kindOf(verdict)}.`);
  const details = signatureDetails(message, provider);
  return refusalWithHint(code, message, provider, { secrets, nowMs }, (hint) => {
    return new CallStatusError(code, { ...details, ...hint });
  });
}

const VERDICTS = "expected 'valid', 'missing', 'mismatch' or 'expired', or a promise of one of them";

/** Untyped code may return anything. */
const REFUSALS: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['missing', 'signature_missing'],
  ['mismatch', 'signature_mismatch'],
  ['expired', 'signature_expired'],
]);

/** The same for credentials, which never expire. */
const WITHOUT_SIGNATURE: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['missing', 'credentials_missing'],
  ['mismatch', 'credentials_mismatch'],
]);

/** The URL, unless the signature covers only bytes. */
function signatureDetails(message: IncomingCallback, { name, definition }: Provider): ErrorDetails {
  return { provider: name, ...(definition.signs === 'fields' && { url: loggableUrl(message.url) }) };
}

/** Errors that a definition throws, such as `body_consumed`, do not name the provider. */
function aboutProvider(
  error: unknown,
  message: IncomingCallback,
  provider: Provider,
  secrets: readonly string[],
  nowMs: number,
): unknown {
  if (!isCallStatusError(error) || error.details.provider !== undefined) return error;
  const { code, details, cause } = error;
  const isOfSignature = code === 'body_consumed' || code === 'signature_mismatch';
  const own = isOfSignature ? signatureDetails(message, provider) : { provider: provider.name };
  const errorWith = (hint: ErrorDetails): CallStatusError =>
    new CallStatusError(code, { ...own, ...hint, ...details }, { cause });
  if (code !== 'body_consumed') return errorWith({});
  return refusalWithHint(code, message, provider, { secrets, nowMs }, errorWith);
}

/** The value of this provider's secret option, if there is one. */
export function signingSecret({ definition, options }: Provider): Secret | undefined {
  if (definition.secretOption === undefined) return undefined;
  return (options as Readonly<Record<string, Secret | undefined>>)[definition.secretOption];
}

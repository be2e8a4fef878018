import type { Proof, ProviderLike } from '@call-status/testing';
import { type SecretArgs, secretFor, variableOf } from './secrets.ts';

/** How a callback proves that it is genuine. */
export interface CallbackProof {
  readonly proof: Proof;
  /** In words: `signature`, `credentials`, `token`; several with `and`; `no proof`. */
  readonly shown: string;
  /** Of a provider that signs with a private key: the public key that verifies what the test key signs. */
  readonly publicKey?: string;
}

/** The private keys of providers are theirs, so a test key is derived from a text; anyone can derive that of this one. */
const TEST_KEY = 'call-status';

/**
 * The proof of the callbacks that are sent: with the secrets that the server knows. For a provider that signs with a private key, it is
 * that of a test key, which the server must be given.
 *
 * @throws CliError wrong_usage
 */
export async function proofOf(provider: ProviderLike, args: SecretArgs): Promise<CallbackProof> {
  const { name, sign, signs, publicKeyOf } = provider.definition;
  const { secret: known, token } = await secretFor(provider, args);
  const isGiven = args['secret-from-env'] !== undefined || args['secret-stdin'] === true;
  const testKey = isGiven ? known : (process.env[variableOf(name, 'testKey')] ?? TEST_KEY);
  const secret = publicKeyOf === undefined ? known : testKey;
  const isProven = secret !== undefined && sign !== undefined;
  const parts = [
    ...(isProven ? [signs === 'nothing' ? 'credentials' : 'signature'] : []),
    ...(token === undefined ? [] : ['token']),
  ];
  return {
    proof: { ...(isProven && { secret }), ...(token !== undefined && { token }) },
    shown: parts.join(' and ') || 'no proof',
    ...(publicKeyOf !== undefined && secret !== undefined && { publicKey: publicKeyOf(secret) }),
  };
}

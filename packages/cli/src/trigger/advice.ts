import type { ProviderLike } from '@call-status/testing';
import type { Delivered } from '../input/deliver.ts';
import type { CallbackProof } from '../input/proof.ts';
import { variableOf } from '../input/secrets.ts';

/** What to try after an answer that is not 2xx. */
export function adviceFor({ status, location }: Delivered, provider: ProviderLike, proof: CallbackProof): string {
  if (status >= 300 && status < 400) {
    return `Providers follow no redirects. Send it to ${location ?? 'where the answer points'}, and give the provider that URL, too.`;
  }
  if (status === 401 || status === 403) return adviceForProof(provider, proof);
  return ADVICE[status] ?? (status >= 500 ? FAILED : 'The log of the server has the reason.');
}

const FAILED = 'The application failed: its log has the error.';
const NO_ROUTE = 'Check the path of --to, and that this provider is among the providers of that route.';
const NOT_READ =
  'The server could not read the callback: its log has the reason. Without --set and --multipart, it is as the provider sends it.';

const ADVICE: Readonly<Record<number, string>> = {
  400: NOT_READ,
  404: NO_ROUTE,
  405: NO_ROUTE,
  413: 'The callback is larger than the limits of the server.',
  415: NOT_READ,
  422: NOT_READ,
  502: 'A proxy is in front of the server, and the server does not answer it.',
  503: 'The server could not record it, so the provider would send it again: the log has the error of the inbox.',
};

function adviceForProof({ definition }: ProviderLike, { proof, shown, publicKey }: CallbackProof): string {
  const { name, secretOption = 'token' } = definition;
  if (publicKey !== undefined) {
    return `Only ${name} has its private key, so this callback is signed with a test key. Give the server its public key: call-status trigger ${name} --public-key prints it.`;
  }
  if (proof.secret === undefined && proof.token === undefined) {
    return `The callback had no proof. Set ${variableOf(name, secretOption)} to the ${secretOption} of the server, or name the variable that has it: --secret-from-env NAME.`;
  }
  const url = shown.includes('signature') ? ' If the server has a publicUrl, add it: --public-url URL.' : '';
  return `The ${shown} did not convince the server: check that both have the same ${secretOption}.${url} Its log has the cause; of a kept refusal, call-status doctor names it.`;
}

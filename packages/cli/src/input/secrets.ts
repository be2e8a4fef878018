import { text } from 'node:stream/consumers';
import type { ProviderLike } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { variable } from './env.ts';

/** The flags of commands that need secrets. No flag takes a secret itself: others could read it in the list of processes. */
export const SECRET_ARGS = {
  'secret-from-env': {
    type: 'string',
    valueHint: 'name',
    description: 'The environment variable with the signing secret [SIGNALWIRE_SIGNING_KEY and the like]',
  },
  'token-from-env': {
    type: 'string',
    valueHint: 'name',
    description: 'The environment variable with the token of the URL [SIGNALWIRE_TOKEN and the like]',
  },
  'secret-stdin': { type: 'boolean', description: 'Read the secret from standard input' },
} as const;

/** The values of {@link SECRET_ARGS}. */
export interface SecretArgs {
  readonly 'secret-from-env'?: string | undefined;
  readonly 'token-from-env'?: string | undefined;
  readonly 'secret-stdin'?: boolean | undefined;
}

/** What a server accepts as proof of a provider's callbacks. */
export interface Secrets {
  /** The signing secret or the credentials, as in the options of the provider; of a pair of keys, the public one. */
  readonly secret?: string;
  /** All of them, if there are several. */
  readonly secrets: readonly string[];
  /** The token in the URL. */
  readonly token?: string;
}

/**
 * The secrets of a provider: as the flags say, else from the environment, else from the options in the configuration file.
 *
 * @throws CliError wrong_usage when a named variable is not set, or standard input is empty
 */
export async function secretFor(provider: ProviderLike, args: SecretArgs): Promise<Secrets> {
  const { name, secretOption } = provider.definition;
  const { options = {} } = provider as { options?: Readonly<Record<string, unknown>> };
  const named = await namedSecret(args);
  // Without an option for a secret, there is only the token.
  const secrets = secretOption === undefined ? [] : found(named, variableOf(name, secretOption), options[secretOption]);
  const tokens = found(
    fromEnv(args['token-from-env']) ?? (secretOption === undefined ? named : undefined),
    variableOf(name, 'token'),
    options['token'],
  );
  const [secret] = secrets;
  const [token] = tokens;
  return { secrets, ...(secret !== undefined && { secret }), ...(token !== undefined && { token }) };
}

/**
 * The secret that a flag names; `undefined` without one.
 *
 * @throws CliError wrong_usage when the named variable is not set, or standard input is empty
 */
export async function namedSecret(
  args: Pick<SecretArgs, 'secret-from-env' | 'secret-stdin'>,
): Promise<string | undefined> {
  const piped = args['secret-stdin'] ? await fromStdin() : undefined;
  return fromEnv(args['secret-from-env']) ?? piped;
}

/** The usual environment variable: `SIGNALWIRE_SIGNING_KEY`. */
export function variableOf(provider: string, option: string): string {
  const words = `${provider}_${option.replace(/[A-Z]/g, (letter) => `_${letter}`)}`;
  return words.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function found(named: string | undefined, name: string, option: unknown): readonly string[] {
  const usual = process.env[name];
  if (named !== undefined) return [named];
  if (usual !== undefined && usual.trim() !== '') return [usual];
  return [option].flat().filter((one): one is string => typeof one === 'string' && one.trim() !== '');
}

function fromEnv(name: string | undefined): string | undefined {
  return name === undefined ? undefined : variable(name);
}

let stdin: Promise<string> | undefined;

async function fromStdin(): Promise<string> {
  // It can be read only once, and several callbacks or providers ask for it.
  stdin ??= text(process.stdin);
  const value = (await stdin).replace(/\r?\n$/, '');
  if (value !== '') return value;
  throw wrongUsage('Standard input has no secret.', 'Pipe it in: call-status … --secret-stdin < key.txt');
}

import { type ProviderLike, SCENARIO_NAMES, type ScenarioName, scenario } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { addressOf } from '../input/address.ts';
import { proofOf } from '../input/proof.ts';
import { findProvider, loadProviders } from '../input/providers.ts';
import type { SecretArgs } from '../input/secrets.ts';
import { targetOf } from '../input/target.ts';
import type { Output } from '../output/output.ts';
import { possible, type Target } from './plan.ts';
import type { Mix } from './read-args.ts';

/** The arguments that decide where callbacks go, and whose they are. */
export interface TargetArgs extends SecretArgs {
  readonly to?: string | undefined;
  readonly provider?: string | undefined;
  readonly 'public-url'?: string | undefined;
  readonly 'allow-remote'?: boolean | undefined;
  readonly config?: string | undefined;
}

/**
 * The providers of a simulation, each with its URL and its proof. What one cannot report is left out and said, unless it was asked for.
 *
 * @throws CliError wrong_usage
 */
export async function targetsOf(args: TargetArgs, mix: Mix, output: Output): Promise<[Target, ...Target[]]> {
  const { to, 'public-url': publicUrl } = args;
  if (to === undefined) {
    throw wrongUsage(
      '--to is missing.',
      'Give the callback URL of your server: --to http://127.0.0.1:3000/webhooks/{provider}.',
    );
  }
  const all = args.provider === 'all';
  const providers = await chosen(args);
  const targets: Target[] = [];
  for (const provider of providers) {
    const { name } = provider.definition;
    const own = possible(mix, provider);
    const missing = [...mix.keys()].filter((one) => !own.has(one));
    if (own.size === 0 && !all) throw wrongUsage(reasonOf(provider, missing));
    if (missing.length > 0) output.note(`${name} cannot report ${missing.join(', ')}: left out.`);
    if (own.size === 0) continue;
    const place = targetOf(filled(to, name), { allowRemote: args['allow-remote'] });
    const address = addressOf(place, publicUrl && filled(publicUrl, name));
    const { proof } = await proofOf(provider, args);
    if (Object.keys(proof).length === 0) output.note(`${name} has no secret, so its callbacks are sent without proof.`);
    targets.push({ provider, to: place, ...address, proof, mix: own });
  }
  const [first, ...others] = targets;
  if (first === undefined) throw wrongUsage('No provider can report these calls.', 'See simulate --list.');
  return [first, ...others];
}

async function chosen({ provider = 'signalwire', config }: TargetArgs): Promise<readonly ProviderLike[]> {
  const providers = await loadProviders({ config });
  if (provider === 'all') return providers.all.filter((one) => possible(ALL, one).size > 0);
  return provider.split(',').map((name) => findProvider(name.trim(), providers));
}

const ALL: Mix = new Map(SCENARIO_NAMES.map((name) => [name, 1]));

function filled(url: string, provider: string): string {
  return url.replaceAll('{provider}', provider).replaceAll('%7Bprovider%7D', provider);
}

/** Why a provider reports none of these calls. */
function reasonOf(provider: ProviderLike, names: readonly ScenarioName[]): string {
  try {
    for (const name of names) scenario(name, { provider });
    return `${provider.definition.name} reports no calls.`;
  } catch (error) {
    return (error as Error).message;
  }
}

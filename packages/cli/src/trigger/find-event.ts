import type { Fixture, ProviderLike } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { findProvider, fixturesOf, type Providers } from '../input/providers.ts';

/** A callback to send. */
export interface FoundEvent {
  readonly provider: ProviderLike;
  readonly fixture: Fixture;
}

/** The provider that a name such as `signalwire.completed` begins with, and the rest. */
export function splitName(text: string, providers: Providers): { provider: ProviderLike; event: string } {
  // The name of a provider may have dots, too.
  const found = providers.all
    .filter(({ definition: { name } }) => text === name || text.startsWith(`${name}.`))
    .sort((one, other) => other.definition.name.length - one.definition.name.length)[0];
  const provider = found ?? findProvider(text.split('.')[0] ?? '', providers);
  return { provider, event: text.slice(provider.definition.name.length + 1) };
}

/**
 * The callback with this name: of a fixture, or of a status, for the fixture with the best evidence.
 *
 * @param text `signalwire.completed`
 * @throws CliError wrong_usage
 */
export async function findEvent(text: string, providers: Providers): Promise<FoundEvent> {
  const { provider, event } = splitName(text, providers);
  const { name } = provider.definition;
  const all = await fixturesOf(provider, providers);
  const list = `call-status trigger ${name} --list shows what there is.`;
  if (event === '') throw wrongUsage(`Which callback of ${name}?`, list);
  const fixture = all.find((one) => one.name === event) ?? bestOf(all, event);
  if (fixture !== undefined) return { provider, fixture };
  if (all.length === 0) {
    throw wrongUsage(
      `There are no callbacks of ${name} to send.`,
      `Save one as fixtures/${name}/${event}.http, and name the folder in the configuration: fixtures: { ${name}: 'fixtures/${name}' }.`,
    );
  }
  const names = new Set(all.flatMap((one) => [one.name, statusOf(one) ?? one.name]));
  throw wrongUsage(`${name} has no callback "${event}".`, didYouMean(event, [...names], list));
}

/** The status that a callback reports; `undefined` if it is no call status callback. */
export function statusOf({ expect }: Fixture): string | undefined {
  return expect.kind === 'event' ? String(expect.event['status']) : undefined;
}

const EVIDENCE: readonly Fixture['evidence'][] = ['observed', 'documented', 'constructed'];

function bestOf(all: readonly Fixture[], status: string): Fixture | undefined {
  return all.filter((one) => statusOf(one) === status).sort((one, other) => rankOf(one) - rankOf(other))[0];
}

/** The best evidence first; a GET only if there is nothing else. */
function rankOf({ evidence, method }: Fixture): number {
  return EVIDENCE.indexOf(evidence) + (method === 'GET' ? EVIDENCE.length : 0);
}

import type { Provider } from '@call-status/core';
import type { Providers } from '../input/providers.ts';
import { duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { table } from '../output/table.ts';
import { type Askable, askableOf, type Unaskable } from './credentials.ts';
import type { SilentCall } from './silent-calls.ts';

/** Calls of one provider that can be asked about, or cannot. */
interface Group {
  readonly provider: string;
  readonly calls: SilentCall[];
  readonly how: Askable | Unaskable;
}

/** What is going to be done. */
export interface Plan {
  readonly groups: readonly Group[];
  /** The calls that are asked about, the one that has been silent longest first. */
  readonly asked: readonly SilentCall[];
  readonly providers: readonly Provider[];
  /** Whom they are asked of, for people. */
  readonly hosts: readonly string[];
}

/** @param secretOf the secret part of the credentials of a provider, if a flag has given it */
export function planOf(
  calls: readonly SilentCall[],
  providers: Providers,
  secretOf: (provider: string) => string | undefined,
): Plan {
  const hows = new Map<string, Askable | Unaskable>();
  const groups = new Map<string, Group>();
  const asked: SilentCall[] = [];
  for (const call of calls) {
    const { provider } = call;
    const known = hows.get(provider) ?? howToAsk(provider, providers, secretOf(provider));
    hows.set(provider, known);
    const how = isAskable(known) && call.tenant !== undefined && !known.hasTenants ? withoutTenants(provider) : known;
    const key = JSON.stringify([provider, isAskable(how)]);
    const group = groups.get(key) ?? { provider, calls: [], how };
    groups.set(key, group);
    group.calls.push(call);
    if (isAskable(how)) asked.push(call);
  }
  const askable = [...groups.values()].flatMap(({ how }) => (isAskable(how) ? [how] : []));
  return {
    groups: [...groups.values()],
    asked,
    providers: askable.map(({ provider }) => provider),
    hosts: askable.map(({ host, provider: { name } }) => host ?? `the API of ${name}`),
  };
}

/** Whether the calls of a group are asked about. */
export function isAskable(how: Askable | Unaskable): how is Askable {
  return 'provider' in how;
}

/** The number of calls by provider, and what cannot be asked, and why. */
export function previewOf({ groups }: Plan, total: number, silentFor: string, output: Output): string {
  const now = Date.now();
  const rows = table(
    groups,
    [
      { title: 'CALLS', text: ({ calls }) => String(calls.length), align: 'right' },
      { title: 'PROVIDER', text: ({ provider }) => provider },
      { title: 'SILENT FOR', text: ({ calls: [first] }) => duration(now - Date.parse(first?.lastEventAt ?? '')) },
      { title: 'ASKED', text: ({ how }) => (isAskable(how) ? (how.host ?? 'as the configuration says') : '-') },
    ],
    output,
  );
  const obstacles = groups.flatMap(({ how }) =>
    isAskable(how) ? [] : [`  ${safe(`Not asked: ${how.why}. ${how.fix}`)}`],
  );
  const calls = total === 1 ? '1 live call has' : `${total} live calls have`;
  return [`${calls} been silent for ${silentFor} or longer:`, rows, ...obstacles].join('\n');
}

function howToAsk(name: string, { all }: Providers, secret: string | undefined): Askable | Unaskable {
  const provider = all.find(({ definition }) => definition.name === name);
  if (provider !== undefined) return askableOf(provider, secret);
  return {
    result: 'no_credentials',
    why: `the provider "${name}" is not known here`,
    fix: 'Name the configuration file that has it: --config FILE.',
  };
}

function withoutTenants(name: string): Unaskable {
  return {
    result: 'no_credentials',
    why: `these calls of ${name} belong to tenants, and the credentials do not say to which`,
    fix: `Give ${name} a function in the configuration file: api: (tenant) => ….`,
  };
}

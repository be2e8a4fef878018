import type { Fixture } from '@call-status/testing';
import { fixturesOf, type Providers } from '../input/providers.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import { shownEncodingOf } from './encoding.ts';
import { splitName, statusOf } from './find-event.ts';

/** Lists the callbacks of all providers, or of one. */
export async function listEvents(name: string | undefined, providers: Providers, output: Output): Promise<void> {
  const chosen = name === undefined ? providers.all : [splitName(name, providers).provider];
  const lists = await Promise.all(chosen.map((provider) => fixturesOf(provider, providers)));
  const all = lists.flat().sort((one, other) => one.provider.localeCompare(other.provider));
  for (const fixture of all) {
    const { provider, name: event, evidence, source } = fixture;
    output.row({ provider, event, is: kindOf(fixture), encoding: shownEncodingOf(fixture), evidence, source });
  }
  if (output.isJson) return;
  const text = table(
    all,
    [
      { title: 'EVENT', text: ({ provider, name: event }) => `${provider}.${event}` },
      { title: 'IS', text: kindOf, style: (one) => (statusOf(one) === undefined ? output.style.dim : undefined) },
      { title: 'ENCODING', text: shownEncodingOf },
      { title: 'EVIDENCE', text: ({ evidence }) => evidence },
    ],
    output,
  );
  output.result(text);
  output.note(
    `\n  A status is an event, too: ${chosen[0]?.definition.name}.completed. Send one: call-status trigger EVENT --to URL`,
  );
}

/** Its status; of other messages, what the receiver does with them. */
function kindOf(fixture: Fixture): string {
  const { expect } = fixture;
  if (expect.kind === 'refused') return `refused: ${expect.code}`;
  return statusOf(fixture) ?? 'passed on';
}

// The parts of the manual that are written from the code. After a change: npx vitest run test/documents.test.ts -u
import { builtInProviders, type CallStatus, ERRORS, isTerminal } from '@call-status/core';
import type { ErrorRow } from '@call-status/core/provider';
import { fixtures } from '@call-status/testing';
import { read } from './snippets.ts';

type Definition = (typeof builtInProviders)[number]['definition'];

const definitions: readonly Definition[] = builtInProviders.map(({ definition }) => definition);

/** A page with its generated part as it has to be. */
export function withGenerated(page: string, generated: string): string {
  return page.replace(/(<!-- generated -->\n).*?(<!-- \/generated -->)/s, (_, begin, end) => begin + generated + end);
}

/** A provider without a page gets one to begin with. */
export function emptyPage(name: string): string {
  return `# ${name}\n\n<!-- generated -->\n<!-- /generated -->\n`;
}

/** What proves a callback of a provider, in words. */
function proofOf({ signs, secretOption }: Definition): string {
  if (signs === 'fields') return 'a signature over the URL and the fields';
  if (signs === 'bytes') return 'a signature over the bytes of the body';
  if (secretOption !== undefined) return 'credentials that it sends';
  return 'a secret of yours in the callback URL';
}

function secretOf({ name, secretOption = 'token' }: Definition): string {
  return `\`${name}({ ${secretOption} })\``;
}

/** The table of docs/providers/README.md. */
export function providersTable(): string {
  const rows = definitions.map((definition) => {
    const words = Object.keys(definition.statuses).map((word) => `\`${word}\``);
    return row(
      `[${definition.name}](${definition.name}.md)`,
      secretOf(definition),
      proofOf(definition),
      words.join(' '),
    );
  });
  return table(['provider', 'secret', 'proves itself by', 'status values'], rows);
}

/** The tables of a provider's own page. */
export function providerTables(definition: Definition): string {
  const { methods = ['POST'], statuses, causes } = definition;
  const facts = [
    row('secret', secretOf(definition)),
    row('proves itself by', proofOf(definition)),
    row('HTTP', methods.join(', ')),
  ];
  const tables = [table(['', ''], facts), wordsTable('its status', statuses)];
  if (causes !== undefined) tables.push(wordsTable('why it ended', causes));
  return tables.join('\n');
}

function wordsTable(what: string, words: Readonly<Record<string, CallStatus>>): string {
  const rows = Object.entries(words).map(([word, status]) =>
    row(`\`${word}\``, `\`${status}\``, isTerminal(status) ? 'yes' : ''),
  );
  return table([what, '`event.status`', 'terminal'], rows);
}

/** The table of docs/events.md: its parts and their meaning stay, what each provider reports is that of its fixtures. */
export function partsTable(): string {
  const described = [...read('docs/events.md').matchAll(/^\| (`\w+`) \| (.*?) \|.*$/gm)].filter(
    ([line]) => line.split('|').length > 5,
  );
  const rows = described.map(([, part = '', what = '']) =>
    row(part, what, ...definitions.map(({ name }) => reported(name, part.slice(1, -1)))),
  );
  return table(['part', 'what', ...definitions.map(({ name }) => name)], rows);
}

/** The names of the parts in events of all fixtures. */
export function partsOfFixtures(): ReadonlySet<string> {
  return new Set(events().flatMap(({ event }) => Object.keys(event)));
}

function events(): readonly { provider: string; isKnown: boolean; event: Readonly<Record<string, unknown>> }[] {
  return fixtures().flatMap(({ provider, evidence, after, expect }) => {
    const isKnown = evidence !== 'constructed' || after !== undefined;
    return expect.kind === 'event' ? [{ provider, isKnown, event: expect.event }] : [];
  });
}

/** Whether a provider reports a part, and which members of it if it is not all that any provider does. */
function reported(provider: string, part: string): string {
  const having = events().filter(({ event }) => event[part] !== undefined);
  const own = having.filter((each) => each.provider === provider);
  if (own.length === 0) return '';
  const all = membersIn(having.map(({ event }) => event[part]));
  const some = membersIn(own.map(({ event }) => event[part]));
  const members = some.size < all.size / 2 ? [...some].map((name) => `\`${name}\``) : [];
  return [...members, own.some(({ isKnown }) => isKnown) ? (members.length > 0 ? '' : 'yes') : 'if sent']
    .filter((word) => word !== '')
    .join(', ');
}

function membersIn(values: readonly unknown[]): ReadonlySet<string> {
  const members = values
    .flat()
    .flatMap((value) => (typeof value === 'object' && value !== null ? Object.keys(value) : []));
  return new Set(members);
}

/** Which errors a heading of docs/errors.md is about. */
const GROUPS: readonly (readonly [heading: string, has: (code: string, row: ErrorRow) => boolean])[] = [
  ['Refused callbacks', (code, { status }) => status !== undefined && !code.startsWith('inbox_')],
  ['The inbox', (code) => code.startsWith('inbox_')],
  ['Handlers, options and everything else', () => true],
];

/** All errors, in groups. */
export function errorSections(): string {
  const left = new Map<string, ErrorRow>(Object.entries(ERRORS));
  return GROUPS.map(([heading, has]) => {
    const sections = [...left]
      .filter(([code, error]) => has(code, error) && left.delete(code))
      .map(([code, { status, severity, message, fix }]) => {
        const answer = status === undefined ? '' : `Answered ${status}. `;
        return `#### ${code}\n\n${message}\n\n${answer}Logged as ${severity}. **What to do:** ${fix}\n\n`;
      });
    return `### ${heading}\n\n${sections.join('')}`;
  }).join('');
}

function row(...cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), `|${'---|'.repeat(head.length)}`, ...rows, ''].join('\n');
}

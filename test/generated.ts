// The parts of the manual that are written from the code. After a change: npx vitest run test/documents.test.ts -u
import { builtInProviders, type CallStatus, ERRORS, isTerminal } from '@call-status/core';
import type { ErrorRow } from '@call-status/core/provider';
import { fixtures, SCENARIO_NAMES, scenario, scenariosOf } from '@call-status/testing';
import { RULES } from '../packages/core/src/diagnose/rules/index.ts';
import type { RuleName } from '../packages/core/src/provider/clue.ts';
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

/** The tables of docs/choosing-a-provider.md: what proves a callback, and who reports what. */
export function choiceTables(): string {
  const rows = definitions.map((definition) => {
    const { name, methods = ['POST'], fetchCall } = definition;
    const isAsked = fetchCall === undefined ? 'no' : 'yes';
    return row(`[${name}](providers/${name}.md)`, proofOf(definition), methods.join(', '), isAsked);
  });
  const parts = optionalParts().map((part) => row(`\`${part}\``, reportersOf(part).join(', ')));
  return [
    table(['provider', 'proves a callback by', 'HTTP', 'can be asked for missing calls'], rows),
    table(['part of the event', 'known to be reported by'], parts),
  ].join('\n');
}

/** The table of docs/testing.md: which calls a provider cannot report. */
export function scenariosTable(): string {
  const rows = builtInProviders.flatMap((provider) => {
    const possible = scenariosOf(provider);
    const reasons = new Map<string, string[]>();
    for (const name of SCENARIO_NAMES) {
      if (possible.length === 0 || possible.includes(name)) continue;
      const reason = reasonOf(() => scenario(name, { provider }));
      reasons.set(reason, [...(reasons.get(reason) ?? []), `\`${name}\``]);
    }
    const { name } = provider.definition;
    return [...reasons].map(([reason, names]) => row(name, names.join(', '), reason));
  });
  return table(['provider', 'cannot report', 'reason'], rows);
}

function reasonOf(refused: () => unknown): string {
  try {
    return String(refused());
  } catch (error) {
    return /": (.*?)\. It has/.exec((error as Error).message)?.[1] ?? '';
  }
}

/** The providers that are known to send a part. */
function reportersOf(part: string): readonly string[] {
  const known = events().filter(({ isKnown, event }) => isKnown && event[part] !== undefined);
  return [...new Set(known.map(({ provider }) => provider))];
}

/** The tables of a provider's own page. */
export function providerTables(definition: Definition): string {
  const { name, methods = ['POST'], statuses, causes } = definition;
  const [known, ifSent] = partsOf(name);
  const facts = [
    row('secret', secretOf(definition)),
    row('proves itself by', proofOf(definition)),
    row('HTTP', methods.join(', ')),
    row('asked for missing calls', askedOf(definition)),
    row('reports', known),
    ...(ifSent === '' ? [] : [row('reports if sent', ifSent)]),
  ];
  const tables = [table(['', ''], facts), wordsTable('its status', statuses)];
  if (causes !== undefined) tables.push(wordsTable('why it ended', causes));
  return tables.join('\n');
}

/** How the provider's API is asked. */
function askedOf({ fetchCall }: Definition): string {
  if (fetchCall === undefined) return 'no';
  const { batch = 1, perMinute = 60, settleMs = 0 } = fetchCall;
  const calls = batch === 1 ? 'one call in each' : `up to ${batch} calls in each`;
  const limit = `with \`api\`: at most ${Math.floor(perMinute / 2)} requests a minute, ${calls}`;
  return settleMs === 0 ? limit : `${limit}; figures may take ${settleMs / 60_000} minutes`;
}

function wordsTable(what: string, words: Readonly<Record<string, CallStatus>>): string {
  const rows = Object.entries(words).map(([word, status]) =>
    row(`\`${word}\``, `\`${status}\``, isTerminal(status) ? 'yes' : ''),
  );
  return table([what, '`event.status`', 'terminal'], rows);
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

/** The optional parts that a provider's events have: those that it is known to send, and those that are read if they come. */
function partsOf(provider: string): readonly [known: string, ifSent: string] {
  const own = events().filter((each) => each.provider === provider);
  const valuesOf = (part: string, of = own): unknown[] => of.flatMap(({ event }) => event[part] ?? []);
  const known = own.filter(({ isKnown }) => isKnown);
  const parts = optionalParts().filter((part) => valuesOf(part).length > 0);
  const isKnown = (part: string): boolean => valuesOf(part, known).length > 0;
  const list = (some: readonly string[]): string => some.map((part) => withMembers(part, valuesOf(part))).join(', ');
  return [list(parts.filter(isKnown)), list(parts.filter((part) => !isKnown(part)))];
}

/** In the order of docs/events.md. */
function optionalParts(): readonly string[] {
  const [, section = ''] = read('docs/events.md').split('## Parts that only some providers report\n');
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, part = '']) => part);
}

function withMembers(part: string, values: readonly unknown[]): string {
  const members = new Set(
    values.flatMap((value) => (typeof value === 'object' && value !== null ? Object.keys(value) : [])),
  );
  const listed = [...members].map((name) => `\`${name}\``).join(', ');
  return listed === '' ? `\`${part}\`` : `\`${part}\` (${listed})`;
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
        return `#### ${code}\n\n${message}\n\n${answer}Severity: ${severity}. **What to do:** ${fix}\n\n`;
      });
    return `### ${heading}\n\n${sections.join('')}`;
  }).join('');
}

/** What a rule of the doctor tries, and what helps. */
const RULE_TEXTS: Readonly<Record<RuleName, readonly [tries: string, fix: string]>> = {
  secret_format: [
    'white space, line breaks and quotes around the secret, and other forms of it',
    'the value of the secret',
  ],
  other_secret: ['your other secrets of this provider, and of others, which are named by their position', 'the secret'],
  scheme: ['http and https, as proxies say it or not', '`publicUrl`, or the `trust proxy` of the framework'],
  host: ['the hosts that proxies name', '`publicUrl`'],
  port: ['with and without 443, 80, and the port of a proxy', '`publicUrl` with the port'],
  path_prefix: ['prefixes that a mount or a proxy removes', '`publicUrl` with the prefix'],
  trailing_slash: ['a slash at the end, added and removed', 'the exact callback URL at the provider'],
  query: ['no query, one written anew, added parameters, the token in another place', 'the proxy'],
  fragment: ['a fragment that was signed', 'the callback URL, without `#`'],
  body_reserialized: ['JSON and forms that a parser wrote anew', 'the order of the middleware, or the raw body'],
  value_trimmed: ['values that were trimmed, and empty ones that were dropped', 'the sanitizer'],
  repeated_field: ['fields with one name, which were merged, reordered or removed', 'the parser'],
  charset: ['Latin-1 for UTF-8 and the reverse, and `+` decoded twice', 'the charset of the proxy or the parser'],
  json_as_form: ['JSON verified as a form, and the reverse', 'the content type at the provider'],
  signature_format: [
    'other encodings and algorithms of the signature, and a header that came twice',
    'what changes the header',
  ],
  clock: ['other times, and seconds for milliseconds', 'the clock; or it is a replay'],
  other_provider: ['the schemes of the other providers', 'the route of the provider'],
};

/** The table of docs/cli.md: what the doctor tries, in its order. */
export function rulesTable(): string {
  const names = new Set(RULES.map(({ name }) => name));
  const rows = [...names].map((name) => row(`\`${name}\``, ...RULE_TEXTS[name]));
  return table(['rule', 'tries', 'what to correct'], rows);
}

function row(...cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), `|${'---|'.repeat(head.length)}`, ...rows, ''].join('\n');
}

import { type Rule, type Variant, variant } from '../rule.ts';
import { type Trial, withBody } from '../trial.ts';

/** A sanitizer trimmed values, or dropped empty ones. */
export const VALUE_TRIMMED: Rule = {
  name: 'value_trimmed',
  variants: function* (trial) {
    const pairs = pairsOf(trial);
    if (pairs === undefined) return;
    const evidence = 'A value was trimmed, or an empty one dropped.';
    const at = (changed: Pairs, chance: Variant['chance'], said = evidence): Variant =>
      variant(withPairs(trial, changed), chance, said, SANITIZER);
    const padded = 'A value came with white space that was not signed.';
    const trimmed = map(pairs, (value) => value.trim());
    const present = pairs.filter(([, value]) => value !== '');
    if (!same(trimmed, pairs)) yield at(trimmed, 'common', padded);
    if (present.length < pairs.length) yield at(present, 'common', 'An empty value came that was not signed.');
    yield at(
      map(pairs, (value) => (/^\d{8,15}$/.test(value) ? `+${value}` : value)),
      'common',
      PLUS_LOST,
    );
    for (const names of missingSiblings(pairs)) {
      yield at([...pairs, ...names.map((name): Pair => [name, ''])], 'common', 'Empty values were dropped.');
    }
    for (const [index, [name, value]] of likelyTexts(pairs)) {
      const original = [`${value} `, ` ${value}`, ` ${value} `, `${value}\n`, `${value}\r\n`];
      for (const form of original) yield at(pairs.with(index, [name, form]), 'guess');
    }
  },
};

/** People write spaces into names, and seldom into ids and numbers. */
function likelyTexts(pairs: Pairs): readonly (readonly [number, Pair])[] {
  const doubt = ([, value]: Pair): number => (/\d/.test(value) ? 2 : value.includes(' ') ? 0 : 1);
  return [...pairs.entries()].sort(([, one], [, other]) => doubt(one) - doubt(other)).slice(0, MOST_FIELDS);
}

const PLUS_LOST = 'The + of numbers was lost: it was read as a space, and trimmed.';
const SANITIZER = 'Mount call-status before what sanitizes the fields.';
const MOST_FIELDS = 20;

/** A name that occurs more than once. */
export const REPEATED_FIELD: Rule = {
  name: 'repeated_field',
  variants: function* (trial) {
    const pairs = pairsOf(trial);
    if (pairs === undefined) return;
    const evidence = 'A field occurs more than once, and was merged, removed or put in another order.';
    const fix = 'Use a parser that keeps all values of a repeated name, or mount call-status before it.';
    const at = (changed: Pairs, chance: Variant['chance']): Variant =>
      variant(withPairs(trial, changed), chance, evidence, fix);
    if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
      for (const changed of mergedForms(pairs)) if (!same(changed, pairs)) yield at(changed, 'evident');
    }
    const unnamed = pairs.map(([name, value]): Pair => [name.replace(/\[\d*\]$/, ''), value]);
    if (!same(unnamed, pairs)) yield at(unnamed, 'evident');
    for (const separator of [', ', ',']) {
      for (const [index, [name, value]] of pairs.entries()) {
        const parts = value.split(separator);
        if (parts.length > 1) yield at(pairs.toSpliced(index, 1, ...parts.map((part): Pair => [name, part])), 'common');
      }
    }
    for (const [index, pair] of pairs.slice(0, MOST_FIELDS).entries())
      yield at(pairs.toSpliced(index, 0, pair), 'guess');
  },
};

/** Text in another encoding, or decoded twice. */
export const CHARSET: Rule = {
  name: 'charset',
  variants: function* (trial) {
    const pairs = pairsOf(trial);
    if (pairs === undefined) {
      yield* inOtherBytes(trial);
      return;
    }
    for (const [chance, evidence, fix, change] of CHARSETS) {
      const changed = map(pairs, change);
      if (!same(changed, pairs)) yield variant(withPairs(trial, changed), chance, evidence, fix);
    }
    const { body } = trial.request;
    const latin1 = body === undefined ? undefined : Buffer.from(body).toString('latin1');
    if (latin1 === undefined || !/%[89a-f][0-9a-f]|[\u0080-\u00ff]/i.test(latin1)) return;
    const decoded = map(pairsIn(latin1, 'latin1'), (value) => value);
    yield variant(withPairs(trial, decoded), 'common', 'The fields came in Latin-1.', UTF8);
  },
};

/** A body that is no form, such as JSON, with each character in the bytes of the other charset. */
function* inOtherBytes(trial: Trial): Iterable<Variant> {
  const { body } = trial.request;
  if (body === undefined || Buffer.from(body).every((byte) => byte < 0x80)) return;
  const [asUtf8, asLatin1] = [Buffer.from(body).toString(), Buffer.from(body).toString('latin1')];
  yield variant(withBody(trial, Buffer.from(asUtf8, 'latin1')), 'common', READ_AS_LATIN1, UTF8);
  yield variant(withBody(trial, asLatin1), 'common', 'The body came in Latin-1.', UTF8);
}

const READ_AS_LATIN1 = 'UTF-8 was read as Latin-1.';
const UTF8 = 'Make the proxy or parser read and write the fields as UTF-8.';
const ONCE = 'Find the proxy or parser that decodes the fields a second time.';
type Change = (value: string) => string;

const CHARSETS: readonly (readonly [Variant['chance'], string, string, Change])[] = [
  ['evident', 'A + was decoded twice, and became a space.', ONCE, (value) => value.replace(/(^| ) (?=\d)/g, '$1+')],
  ['common', 'Each + was decoded twice, and became a space.', ONCE, (value) => value.replaceAll(' ', '+')],
  ['common', 'Spaces came as +.', ONCE, (value) => value.replaceAll('+', ' ')],
  ['common', 'The fields came escaped twice.', ONCE, decodedOnce],
  ['common', 'The fields were decoded twice.', ONCE, (value) => encodeURIComponent(value)],
  ['evident', READ_AS_LATIN1, UTF8, (value) => Buffer.from(value, 'latin1').toString()],
  ['common', 'Latin-1 was read as UTF-8.', UTF8, (value) => Buffer.from(value).toString('latin1')],
  ['common', 'HTML escapes came in values.', ONCE, unescapedHtml],
  ['common', 'HTML escapes of values were removed.', ONCE, escapedHtml],
  ['guess', 'Characters came in another Unicode form.', UTF8, (value) => value.normalize('NFC')],
  ['guess', 'Characters came in another Unicode form.', UTF8, (value) => value.normalize('NFD')],
  ['guess', 'Line endings were changed.', UTF8, (value) => value.replaceAll(/\r?\n/g, '\r\n')],
  ['guess', 'Line endings were changed.', UTF8, (value) => value.replaceAll('\r\n', '\n')],
];

function decodedOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const HTML: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
];

function escapedHtml(value: string): string {
  return HTML.reduce((text, [plain, code]) => text.replaceAll(plain, code), value);
}

function unescapedHtml(value: string): string {
  return HTML.toReversed().reduce((text, [plain, code]) => text.replaceAll(code, plain), value);
}

type Pair = readonly [name: string, value: string];
type Pairs = readonly Pair[];

/** The fields of a form; `undefined`: there is no form, or it was parsed into more than texts. */
function pairsOf({ request }: Trial): Pairs | undefined {
  const isForm = /urlencoded/i.test(String(request.headers['content-type']));
  if (!isForm || request.method === 'GET') return undefined;
  if (request.body !== undefined) return pairsIn(Buffer.from(request.body).toString(), 'utf8');
  const entries = Object.entries(Object(request.parsed) as Readonly<Record<string, unknown>>);
  const pairs = entries.flatMap(([name, value]) => [value].flat().map((each): [string, unknown] => [name, each]));
  return pairs.length > 0 && pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')
    ? pairs
    : undefined;
}

function pairsIn(form: string, charset: 'utf8' | 'latin1'): Pairs {
  const decode = (text: string): string => {
    const bytes = text
      .replaceAll('+', ' ')
      .replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
    return charset === 'latin1' ? bytes : decodedOnce(text.replaceAll('+', ' '));
  };
  return form.split('&').flatMap((field) => {
    const [name = '', ...value] = field.split('=');
    return field === '' ? [] : [[decode(name), decode(value.join('='))]];
  });
}

function withPairs(trial: Trial, pairs: Pairs): Trial {
  const form = pairs.map((pair) => pair.map((text) => encodeURIComponent(wellFormed(text))).join('='));
  return withBody(trial, form.join('&'), 'application/x-www-form-urlencoded');
}

/** A half of a character cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function map(pairs: Pairs, change: Change): Pairs {
  return pairs.map(([name, value]) => [name, change(value)]);
}

function same(one: Pairs, other: Pairs): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Names that their siblings have: `ToCity`, where there is a `FromCity`. */
function missingSiblings(pairs: Pairs): readonly (readonly string[])[] {
  const names = new Set(pairs.map(([name]) => name));
  const parts = [...names].map((name) => /^(To|From|Called|Caller)(\w+)$/.exec(name) ?? []);
  const suffixes = new Set(parts.flatMap(([, , suffix]) => suffix ?? []));
  const prefixes = [...new Set(parts.flatMap(([, prefix]) => prefix ?? []))];
  const missing = prefixes
    .map((prefix) => [...suffixes].map((suffix) => prefix + suffix).filter((name) => !names.has(name)))
    .filter((each) => each.length > 0);
  return missing.length > 1 ? [...missing, missing.flat()] : missing;
}

function mergedForms(pairs: Pairs): readonly Pairs[] {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  const each = (change: (all: readonly string[]) => readonly string[]): Pairs =>
    [...values].flatMap(([name, all]) => change(all).map((value): Pair => [name, value]));
  return [
    each((all) => all.slice(0, 1)),
    each((all) => all.slice(-1)),
    each((all) => [...new Set(all)]),
    each((all) => all.toSorted()),
    each((all) => all.toReversed()),
    each((all) => [...new Set(all)].sort()),
    each((all) => [all.join(',')]),
    each((all) => [all.join(', ')]),
    each((all) => [all.join('')]),
  ];
}

import type { Context, Rule, Variant } from '../rule.ts';
import { variant } from '../rule.ts';
import type { Trial } from '../trial.ts';

/** A secret that was copied badly: into the options here, or at the provider. */
export const SECRET_FORMAT: Rule = {
  name: 'secret_format',
  variants: function* (trial) {
    for (const { kind, secrets } of required(trial)) {
      for (const [at, secret] of secrets.entries()) {
        for (const { value, chance, evidence, fix } of formsOf(secret)) {
          const said = `${shownSecret(kind, at, secrets)} ${evidence}`;
          yield variant({ ...trial, [kind]: [value] }, chance, said, fix);
        }
      }
    }
    yield* bothClean(trial);
  },
};

/** A secret of another kind or of another provider. */
export const OTHER_SECRET: Rule = {
  name: 'other_secret',
  variants: function* (trial, context) {
    for (const { kind } of required(trial)) {
      yield* ownOther(trial, kind);
      yield* ofOthers(trial, kind, context);
    }
  },
};

type Kind = 'secrets' | 'tokens';

interface Required {
  readonly kind: Kind;
  readonly secrets: readonly string[];
}

function required({ secrets, tokens }: Trial): readonly Required[] {
  return [
    ...(secrets === undefined ? [] : [{ kind: 'secrets' as const, secrets }]),
    ...(tokens === undefined ? [] : [{ kind: 'tokens' as const, secrets: tokens }]),
  ];
}

/** An environment file whose quotes are kept changes the secret and the token alike. */
function* bothClean(trial: Trial): Iterable<Variant> {
  const said: string[] = [];
  const clean: Partial<Record<Kind, readonly string[]>> = {};
  for (const { kind, secrets } of required(trial)) {
    for (const [at, secret] of secrets.entries()) {
      const form = formsOf(secret).find(({ value }) => value === unquoted(secret));
      if (form === undefined) continue;
      said.push(`${shownSecret(kind, at, secrets)} ${form.evidence}`);
      clean[kind] = secrets.map((each) => unquoted(each) || each);
    }
  }
  if (clean.secrets === undefined || clean.tokens === undefined) return;
  yield variant({ ...trial, ...clean }, 'evident', said.join(' '), CLEAN_ALL);
}

/** Without white space and quotes around it. */
function unquoted(secret: string): string {
  return secret
    .trim()
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim();
}

/** `secret 2 of 3, 40 characters`: a name for a secret that does not show it. */
export function shownSecret(kind: Kind, at: number, secrets: readonly string[]): string {
  const { length } = secrets[at] as string;
  const name = kind === 'tokens' ? 'Token' : 'Secret';
  return `${name} ${at + 1} of ${secrets.length}, ${length} characters,`;
}

interface Form extends Pick<Variant, 'chance'> {
  readonly value: string;
  readonly evidence: string;
  readonly fix: string;
}

const CLEAN = 'Remove it.';
const CLEAN_ALL = 'Remove them.';

function formsOf(secret: string): readonly Form[] {
  const forms: Form[] = [];
  const add = (value: string, chance: Form['chance'], evidence: string, fix: string): void => {
    if (value === secret || value === '' || forms.some((form) => form.value === value)) return;
    forms.push({ value, chance, evidence, fix });
  };
  add(secret.trim(), 'evident', 'has white space around it.', CLEAN);
  const bare = unquoted(secret);
  add(bare, 'evident', 'has quotes around it.', CLEAN_ALL);
  add(bare.replace(/\s+/g, ''), 'evident', 'has white space in it.', CLEAN);
  add(bare.replace(/(?:\\[nrt])+$/, ''), 'evident', 'ends in an escaped newline.', CLEAN);
  add(bare.replace(/[\u200b-\u200d\u2060\ufeff\u00a0]/g, ''), 'evident', 'has invisible characters.', CLEAN_ALL);
  add(bare.replace(/^[A-Za-z_]\w*=(?=.)/, ''), 'common', "begins with the name of a variable and '='.", CLEAN_ALL);
  add(bare.replace(/^(?:bearer|basic)\s+/i, ''), 'evident', 'begins with the name of a scheme.', CLEAN);
  add(halvesTrimmed(bare), 'evident', 'has white space beside its colon.', CLEAN);
  add(unescaped(bare), 'evident', 'is escaped as in a URL.', 'Set it without escapes.');
  add(inBase64(bare), 'common', 'is not written in base64, which the provider expects.', 'Copy it in base64.');
  const newline = 'matches with a newline at its end, which it has at the provider.';
  add(`${bare}\n`, 'common', newline, 'Set it again at the provider, without the newline.');
  return forms;
}

function halvesTrimmed(secret: string): string {
  return secret.replace(/\s*:\s*/, ':');
}

function unescaped(secret: string): string {
  if (!/%[0-9a-f]{2}/i.test(secret)) return secret;
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

/** A key of 32 bytes in hex, or in base64 without its padding or of the alphabet for URLs. */
function inBase64(secret: string): string {
  if (/^[0-9a-f]{64}$/i.test(secret)) return Buffer.from(secret, 'hex').toString('base64');
  if (!/^[\w+/-]{43}$/.test(secret)) return secret;
  return Buffer.from(secret, 'base64').toString('base64');
}

/** The token in place of the secret, and the reverse. */
function* ownOther(trial: Trial, kind: Kind): Iterable<Variant> {
  const other = kind === 'secrets' ? trial.tokens : trial.secrets;
  if (other === undefined || other.length === 0) return;
  const [is, set] = kind === 'secrets' ? ['signed with the token', 'secret'] : ['called with the secret', 'token'];
  const evidence = `The request was ${is} of this provider.`;
  yield variant(
    { ...trial, [kind]: other },
    'common',
    evidence,
    `Exchange the two, or set this ${set} at the provider.`,
  );
}

function* ofOthers(trial: Trial, kind: Kind, { others }: Context): Iterable<Variant> {
  for (const { provider, secrets = [] } of others) {
    const isOwn = provider.definition.name === trial.provider.definition.name;
    const owner = isOwn ? 'this provider, which is not among those configured here' : provider.definition.name;
    for (const [at, secret] of secrets.entries()) {
      if (trial[kind]?.includes(secret) === true) continue;
      const evidence = `${shownSecret(isToken(provider.definition) ? 'tokens' : kind, at, secrets)} of ${owner}, matches.`;
      const fix = isOwn
        ? 'Add it to the secrets of this provider.'
        : `Set the secret of ${trial.provider.definition.name} in the options and at the provider; this one is for ${owner}.`;
      yield variant({ ...trial, [kind]: [secret] }, 'evident', evidence, fix);
    }
  }
}

function isToken({ secretOption }: { readonly secretOption?: string | undefined }): boolean {
  return secretOption === undefined;
}

import { CallStatusError } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { OptionSchemas } from '../provider/provider-options.ts';
import { issuesOfOption, validate } from '../provider/standard-schema.ts';
import { signingSecret } from '../request/authenticate.ts';
import { type Elsewhere, kindOf, type OptionRule, optionIssues } from '../rules/check-options.ts';
import { HANDLER_RULES, SHARED_RULES } from '../rules/option-rules.ts';

/** Other vendors' names for a secret. */
const FOREIGN_SECRETS = [
  'authToken',
  'auth_token',
  'apiKey',
  'api_key',
  'apiSecret',
  'apiToken',
  'clientSecret',
  'key',
  'password',
  'secret',
  'secretKey',
  'sharedSecret',
  'signatureSecret',
  'signingKey',
  'signing_key',
  'signingSecret',
  'signing_secret',
  'webhookKey',
  'webhookSecret',
  'webhook_secret',
  'webhookToken',
];

/** An empty or undefined secret means a missing environment variable, and must not disable the check. */
const SECRET: OptionRule = {
  expected: 'a text, a list of texts, or a function that returns them',
  refusesUndefined: true,
  isSecret: true,
  fits: isSecret,
  explain: (given) =>
    listOf(given).every((text) => text === undefined || text === null || typeof text === 'string')
      ? `expected a secret, got ${kindOf(given)}. Is its environment variable set?`
      : undefined,
};

function isSecret(given: unknown): boolean {
  if (typeof given === 'function') return true;
  const texts = listOf(given);
  return texts.length > 0 && texts.every((text) => typeof text === 'string' && text.trim() !== '');
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [given];
}

/**
 * Checks the providers' options, and that each provider has a secret.
 *
 * @param allowUnauthenticated the value for providers that do not set it
 * @param environment the value of `NODE_ENV`
 * @throws CallStatusError `invalid_options`, `missing_secret`
 */
export function checkProviders(
  providers: readonly Provider[],
  allowUnauthenticated: boolean,
  environment: string | undefined,
  log: Logger,
): void {
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new CallStatusError('invalid_options', {
      issues: [`\`providers\`: ${twice} is listed twice; give it a list of secrets instead.`],
    });
  }
  for (const provider of providers) checkOptions(provider);
  const open = providers.filter(
    (provider) => signingSecret(provider) === undefined && provider.options.token === undefined,
  );
  const unproven = open.map(({ name }) => name).join(', ');
  const refused = open.find(({ options }) => !(options.allowUnauthenticated ?? allowUnauthenticated));
  if (refused !== undefined && !isLenient(environment)) {
    const { name, definition } = refused;
    const ways = [definition.secretOption, 'token']
      .flatMap((option) => option ?? [])
      .map((option) => `${name}({ ${option} })`);
    const reason = environment ? `NODE_ENV is ${environment}.` : UNSET;
    const hint = `Write ${ways.join(' or ')}. To accept callbacks that anyone could send, set allowUnauthenticated: true.`;
    throw new CallStatusError('missing_secret', { provider: name, reason, hint });
  }
  for (const provider of providers) warnOfSpaces(provider, log);
  if (open.length > 0)
    log.warn(
      { code: 'missing_secret', providers: unproven },
      `Callbacks of ${unproven} are not authenticated: anyone can forge them.`,
    );
}

const UNSET = 'NODE_ENV is not set, which counts as production; on your own machine, set NODE_ENV=development.';

/** Most servers and images do not set `NODE_ENV`, so proof may be omitted only if `NODE_ENV` says that this is not production. */
export function isLenient(environment: string | undefined): boolean {
  return environment === 'development' || environment === 'test';
}

/** Usually a mistake: the line break at the end of a file, or a space after the value of a variable. */
function warnOfSpaces(provider: Provider, log: Logger): void {
  const { name, definition, options } = provider;
  const secrets = { [definition.secretOption ?? 'token']: signingSecret(provider), token: options.token };
  for (const [option, secret] of Object.entries(secrets)) {
    const texts = listOf(secret).filter((text) => typeof text === 'string');
    if (texts.every((text) => text === text.trim())) continue;
    const message = `The ${option} of ${name} begins or ends with white space, which counts as part of it.`;
    log.warn({ code: 'invalid_options', provider: name }, message);
  }
}

/** Strict, because with a misspelled secret, callbacks would be accepted with less proof than intended. */
function checkOptions(provider: Provider): void {
  const { name, definition, options } = provider;
  const { secretOption: secret, options: own = {} } = definition;
  const rules = {
    ...(secret !== undefined && { [secret]: { ...SECRET, aliases: FOREIGN_SECRETS } }),
    token: SECRET,
    ...Object.fromEntries(Object.keys(own).map((option) => [option, BY_ITS_SCHEMA])),
    ...SHARED_RULES,
    ...HANDLER_RULES,
  };
  const elsewhere: Elsewhere = (option) =>
    FOREIGN_SECRETS.includes(option)
      ? `${name} does not sign its callbacks: use \`${name}.token\`, a secret of your own in the callback URL.`
      : receiverOption(option);
  const given = options as Readonly<Record<string, unknown>>;
  const issues = [...optionIssues(given, rules, name, elsewhere), ...issuesOfOwnOptions(provider)];
  if (issues.length > 0) throw new CallStatusError('invalid_options', { provider: name, issues });
}

/** A receiver option that was given to a provider by mistake. */
const RECEIVER_OPTIONS = [
  'publicUrl',
  'inbox',
  'log',
  'ack',
  'limits',
  'worker',
  'concurrency',
  'leaseMs',
  'pollMs',
  'reconcile',
  'keepRefused',
  'traceContext',
  'clock',
];

function receiverOption(name: string): string | undefined {
  const option = name === 'url' ? 'publicUrl' : name;
  return RECEIVER_OPTIONS.includes(option) ? `\`${option}\` is an option beside \`providers\`.` : undefined;
}

/** A provider's own option, described by a schema. */
const BY_ITS_SCHEMA: OptionRule = { expected: 'a value', fits: () => true };

/** What is wrong with a provider's own options: path and sentence. */
export function issuesOfOwnOptions({ name, definition, options }: Provider): string[] {
  return Object.entries(schemasOf(definition)).flatMap(([option, schema]) => {
    const where = `${name}.${option}`;
    const value = given(options, option);
    const { issues = [] } = validate(schema, value, `The schema of ${where}`);
    return issuesOfOption(schema, issues, value, where);
  });
}

/** Providers with their own options as parsed by the schemas, including defaults; the same objects if nothing changes. */
export function withOwnOptions(providers: readonly Provider[]): readonly Provider[] {
  const made = providers.map(parsed);
  return made.every((provider, at) => provider === providers[at]) ? providers : made;
}

function parsed(provider: Provider): Provider {
  const { definition, options } = provider;
  const changed = Object.entries(schemasOf(definition)).flatMap(([option, schema]) => {
    const value = given(options, option);
    const result = validate(schema, value, `The schema of ${option}`);
    return result.issues !== undefined || result.value === value ? [] : [[option, result.value] as const];
  });
  return changed.length === 0 ? provider : { ...provider, options: { ...options, ...Object.fromEntries(changed) } };
}

function schemasOf({ options = {} }: Provider['definition']): OptionSchemas {
  return options;
}

function given(options: object, name: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[name];
}

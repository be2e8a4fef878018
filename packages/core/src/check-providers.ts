import * as v from 'valibot';
import { signingSecret } from './authenticate/authenticate.ts';
import { CallStatusError } from './errors.ts';
import { expecting, issuesOf } from './issues.ts';
import type { Logger } from './log.ts';
import { issuesOfOwnOptions } from './own-options.ts';
import type { Provider, Secret } from './provider.ts';
import { HANDLER_NAMES } from './registry.ts';

/** A whole number of at least 1. */
export const POSITIVE_INTEGER: v.GenericSchema<number> = expecting(
  'a whole number of at least 1',
  v.pipe(v.number(), v.integer(), v.minValue(1)),
);

/** Something to call. */
export const FUNCTION: v.GenericSchema = expecting('a function', v.function());

/** Yes or no. */
export const BOOLEAN: v.GenericSchema<boolean> = expecting('true or false', v.boolean());

/** The options that receivers and providers have in common. */
export const COMMON_OPTIONS: v.ObjectEntries = {
  ...v.entriesFromList(HANDLER_NAMES, v.optional(FUNCTION)),
  retry: v.optional(
    expecting(
      'an object with attempts or backoff',
      v.strictObject({ attempts: v.optional(POSITIVE_INTEGER), backoff: v.optional(FUNCTION) }),
    ),
  ),
  allowUnauthenticated: v.optional(BOOLEAN),
};

/** A secret that is named but empty is a missing environment variable, and must not open the door. */
const SECRET = v.exactOptional(
  v.custom<Secret>(isSecret, ({ input }) =>
    listOf(input).every((text) => text === undefined || text === null || typeof text === 'string')
      ? 'expected a secret, got none. Is its environment variable set?'
      : 'expected a text, a list of texts, or a function that returns them.',
  ),
);

function isSecret(given: unknown): boolean {
  if (typeof given === 'function') return true;
  const texts = listOf(given);
  return texts.length > 0 && texts.every((text) => typeof text === 'string' && text !== '');
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [given];
}

/**
 * Checks the providers' options, and that each has a secret.
 *
 * @param allowUnauthenticated what holds for providers that do not say it
 * @param environment what `NODE_ENV` says
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
      issues: [`providers: ${twice} is there twice; give it a list of secrets instead.`],
    });
  }
  for (const provider of providers) checkOptions(provider);
  const open = providers.filter(
    (provider) => signingSecret(provider) === undefined && provider.options.token === undefined,
  );
  const unproven = open.map(({ name }) => name).join(', ');
  const refused = open.find(({ options }) => !(options.allowUnauthenticated ?? allowUnauthenticated));
  if (refused !== undefined && environment === 'production') {
    const { name, definition } = refused;
    const ways = [definition.secret, 'token']
      .flatMap((option) => option ?? [])
      .map((option) => `${name}({ ${option} })`);
    throw new CallStatusError('missing_secret', { provider: name, hint: `Write ${ways.join(' or ')}.` });
  }
  if (open.length > 0)
    log.warn(
      { code: 'missing_secret', providers: unproven },
      `Callbacks of ${unproven} are not authenticated: anyone can forge them.`,
    );
}

/** Strict: behind a secret that is misspelt, callbacks would be taken with less proof than was meant. */
function checkOptions(provider: Provider): void {
  const { name, definition, options } = provider;
  const { secret, options: own = {} } = definition;
  const entries = {
    ...v.entriesFromList(Object.keys(own), v.optional(v.unknown())),
    ...(secret !== undefined && { [secret]: SECRET }),
    token: SECRET,
    ...COMMON_OPTIONS,
  };
  const issues = [...issuesOf(v.strictObject(entries), options, name), ...issuesOfOwnOptions(provider)];
  if (issues.length > 0) throw new CallStatusError('invalid_options', { provider: name, issues });
}

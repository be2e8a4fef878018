import { variableOf } from '../input/secrets.ts';
import type { BuiltIn, Choices } from './choices.ts';
import { WHERE_SECRETS_ARE } from './where-secrets-are.ts';

/** `.env.example`: every variable that the application reads, and where its value comes from. */
export function environmentFile({ providers, inbox }: Choices): string {
  const secrets = providers.map((provider) => {
    const { name, publicKeyOf } = provider.definition;
    const where = WHERE_SECRETS_ARE[name] ?? 'what proves its callbacks.';
    const test =
      publicKeyOf === undefined ? '' : `\n# To try without an account: call-status trigger ${name} --public-key`;
    return `# ${name}: ${where}${test}\n${variableFor(provider)}=`;
  });
  return [
    '# Copy this file to .env and fill it in. Keep .env out of version control.',
    ...secrets,
    ...STORES[inbox],
    '# How providers reach this server, if requests do not show it: behind a proxy or a tunnel.\n# PUBLIC_URL=https://hooks.example.com',
    'PORT=3000',
    'HOST=127.0.0.1',
  ].join('\n\n');
}

const STORES: Readonly<Record<Choices['inbox'], readonly string[]>> = {
  sqlite: ['# The SQLite file that keeps the calls. Its folder must exist.\nINBOX=calls.db'],
  postgres: ['# postgres://USER:PASSWORD@HOST:5432/DATABASE\nDATABASE_URL='],
  memory: [],
};

/** The variables that the first test sets, as properties of an object. */
export function testEnvironment({ providers, inbox }: Choices): string {
  const secrets = providers.map((provider) => {
    const { publicKeyOf } = provider.definition;
    return `  ${variableFor(provider)}: '${publicKeyOf?.('test') ?? 'test'}',\n`;
  });
  return (
    secrets.join('') + { sqlite: "  INBOX: 'memory',\n", postgres: "  DATABASE_URL: 'memory',\n", memory: '' }[inbox]
  );
}

/** The usual name of the variable with a provider's secret: `SIGNALWIRE_SIGNING_KEY`. */
export function variableFor({ definition }: BuiltIn): string {
  const { name, secretOption = 'token' } = definition;
  return variableOf(name, secretOption);
}

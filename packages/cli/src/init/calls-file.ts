import type { BuiltIn, Choices } from './choices.ts';
import { variableFor } from './environment.ts';

const LINE_WIDTH = 100;

/** `src/calls.ts`: the receiver, its providers, its inbox and the first handlers. */
export function callsFile({ framework, providers, inbox }: Choices): string {
  const { needs = [], reads = [], make, why } = KEPT[inbox];
  const names = providers.map(({ definition }) => definition.name);
  const variables = [...providers.map((provider) => `${variableFor(provider)} = ''`), ...reads, 'PUBLIC_URL'];
  return [
    listed('import { ', [...names, 'createCallStatus', 'memoryInbox'].sort(), ` } from '@call-status/${framework}';`),
    ...needs,
    '',
    listed('const { ', variables, ' } = process.env;'),
    '',
    listed('export const providers = [', providers.map(made), '];'),
    '',
    'export const calls = createCallStatus({',
    '  providers,',
    `  // ${why}`,
    `  inbox: ${make},`,
    REST,
  ].join('\n');
}

/** How each inbox is made. */
const KEPT: Readonly<Record<Choices['inbox'], Kept>> = {
  sqlite: {
    needs: ["import { sqliteInbox } from '@call-status/inbox-sqlite';"],
    reads: ["INBOX = 'calls.db'"],
    make: "INBOX === 'memory' ? memoryInbox() : sqliteInbox({ path: INBOX })",
    why: 'Events are on disk before a callback is answered. Tests keep them in memory.',
  },
  postgres: {
    needs: ["import { postgresInbox } from '@call-status/inbox-postgres';"],
    reads: ["DATABASE_URL = ''"],
    make: "DATABASE_URL === 'memory' ? memoryInbox() : postgresInbox({ url: DATABASE_URL })",
    why: 'Events are committed before a callback is answered. Tests keep them in memory.',
  },
  memory: {
    make: 'memoryInbox()',
    why: 'For trying only: a restart loses every call.',
  },
};

interface Kept {
  readonly needs?: readonly string[];
  readonly reads?: readonly string[];
  readonly make: string;
  readonly why: string;
}

const REST = `  // How providers reach this server, if requests do not show it: behind a proxy or a tunnel.
  publicUrl: PUBLIC_URL,
  // Every step of every call, in order.
  onStatus({ provider, callId, status }) {
    console.log(\`\${provider} \${callId}: \${status}\`);
  },
  // Once for each call. If it throws, it is called again later.
  onEnded({ callId, status, durationSeconds = 0 }) {
    console.log(\`\${callId} ended as \${status} after \${durationSeconds} seconds\`);
  },
});
`;

function made(provider: BuiltIn): string {
  const { name, secretOption = 'token' } = provider.definition;
  return `${name}({ ${secretOption}: ${variableFor(provider)} })`;
}

/** On one line, or, where that is too long, one item on each. */
function listed(begin: string, items: readonly string[], end: string): string {
  const line = `${begin}${items.join(', ')}${end}`;
  if (line.length <= LINE_WIDTH) return line;
  return `${begin.trimEnd()}\n${items.map((item) => `  ${item},\n`).join('')}${end.trimStart()}`;
}

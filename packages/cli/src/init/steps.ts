import type { Choices } from './choices.ts';

/** One of the things to do next. */
export interface Step {
  readonly what: string;
  readonly command: string;
}

const RUN = {
  npm: { install: 'npm install', script: 'npm', program: 'npx' },
  pnpm: { install: 'pnpm install', script: 'pnpm', program: 'pnpm exec' },
  yarn: { install: 'yarn install', script: 'yarn', program: 'yarn' },
} as const satisfies Record<Choices['packageManager'], object>;

/**
 * From the files to the first callback.
 *
 * @param own the scripts that are not ours, with the command that they stand for
 */
export function stepsFor(
  { packageManager, providers, inbox }: Choices,
  own: Readonly<Record<string, string>>,
): readonly Step[] {
  const { install, script, program } = RUN[packageManager];
  const name = providers[0]?.definition.name;
  const look = { sqlite: 'calls.db', postgres: 'env:DATABASE_URL --env .env' };
  return [
    { what: 'Install', command: install },
    {
      what: 'Copy the settings, and fill in the secrets. To try without an account, any text is one',
      command: 'cp .env.example .env',
    },
    { what: 'Test', command: own['test'] ?? `${script} test` },
    { what: 'Start', command: own['start'] ?? `${script} start` },
    {
      what: 'In another terminal, send the first callback',
      command: `${program} call-status trigger ${name}.completed --to http://127.0.0.1:3000/webhooks/${name} --env .env`,
    },
    ...(inbox === 'memory'
      ? []
      : [{ what: 'Look at the call', command: `${program} call-status inbox ls ${look[inbox]}` }]),
  ];
}

/** The README of a new project. */
export function readme(title: string, { providers }: Choices, steps: readonly Step[]): string {
  const names = providers.map(({ definition: { name } }) => `- ${name}: \`/webhooks/${name}\``);
  const commands = steps.map(
    ({ what, command }, at) => `${at + 1}. ${what}:\n\n   \`\`\`sh\n   ${command}\n   \`\`\`\n`,
  );
  return `# ${title}

Receives call status callbacks with call-status.

${names.join('\n')}

## Begin

${commands.join('\n')}
Handlers are in \`src/calls\`, and the first test is in \`test\`.
`;
}

import { type Command, command } from '../command.ts';
import { INBOX_ARGS, REVEAL_ARG } from '../inbox/open.ts';

/** The arguments of the command, besides those of the inbox. */
export const RECONCILE_ARGS = {
  'older-than': {
    type: 'string',
    valueHint: 'span',
    default: '10m',
    description: 'Live calls without an event for so long: 30s, 10m, 1h, 7d',
  },
  provider: { type: 'string', valueHint: 'name', description: 'Calls of this provider' },
  call: { type: 'string', valueHint: 'id', description: 'Calls whose id begins so: 3 characters or more' },
  'secret-from-env': {
    type: 'string',
    valueHint: 'name',
    description: 'The environment variable with the API token of --provider [EXOTEL_API_TOKEN and the like]',
  },
  'secret-stdin': { type: 'boolean', description: 'Read the API token of --provider from standard input' },
  'dry-run': { type: 'boolean', description: 'Only show which calls they are, and who would be asked' },
  yes: { type: 'boolean', alias: 'y', description: 'Do not ask' },
} as const;

const reconcile: Command = command({
  about: `Asks the providers, once, what became of live calls that are silent, and records what they say. Shows first how many there are, and who
is asked. No handler runs here: the workers of your application handle the events. If a service looks after the calls of the inbox
and has credentials, it asks.`,
  args: { ...INBOX_ARGS, ...RECONCILE_ARGS, ...REVEAL_ARG },
  examples: [
    ['reconcile calls.db --dry-run', 'Shows which calls are silent, and what is needed to ask about them'],
    ['reconcile env:DATABASE_URL --older-than 1h --provider exotel --yes --env .env', 'Asks Exotel, in a script'],
  ],
  run: async (context) => (await import('../reconcile/run-reconcile.ts')).runReconcile(context),
});

export default reconcile;

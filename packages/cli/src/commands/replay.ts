import { type Command, command } from '../command.ts';
import { SCHEMA_ARG } from '../inbox/open.ts';
import { SECRET_ARGS } from '../input/secrets.ts';
import { SENDING_ARGS } from '../input/sending-args.ts';

/** The arguments of the command. */
export const REPLAY_ARGS = {
  event: {
    type: 'positional',
    required: true,
    description: 'The id of an event, or the first characters of the id of a call',
  },
  db: {
    type: 'string',
    required: true,
    valueHint: 'inbox',
    description: 'The inbox: a file, postgres://…, or env:NAME',
  },
  to: { type: 'string', required: true, valueHint: 'url', description: 'The callback URL of your server' },
  call: { type: 'boolean', description: 'Send all callbacks of the call of this event' },
  speed: {
    type: 'string',
    valueHint: 'factor',
    description: 'Keep the pauses of a call: 1 as they were, 10 ten times shorter [no pauses]',
  },
  'dry-run': { type: 'boolean', description: 'Print what would be sent, and send nothing' },
  reveal: { type: 'boolean', description: 'Show phone numbers whole' },
} as const;

const replay: Command = command({
  about: `Sends a recorded callback again, signed anew with the secret that your server knows.
A server that knows the event answers 200 and runs no handler: use another inbox, or call-status inbox replay for dead letters.`,
  args: { ...REPLAY_ARGS, ...SCHEMA_ARG, ...SENDING_ARGS, ...SECRET_ARGS },
  examples: [
    [
      'replay 8b77c41c --db calls.db --to http://127.0.0.1:3000/webhooks/signalwire',
      'Sends all callbacks of a call, in their order.',
    ],
    ['replay "$EVENT_ID" --db env:DATABASE_URL --to localhost:3000/voice --curl', 'Prints one as a command.'],
    ['replay 8b77c41c --db calls.db --to localhost:3000/voice --speed 10', 'Keeps the pauses, ten times shorter.'],
  ],
  run: async (context) => (await import('../replay/run-replay.ts')).runReplay(context),
});

export default replay;

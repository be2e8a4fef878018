import { type Command, command } from '../command.ts';
import { INBOX_ARGS } from '../inbox/open.ts';

const board: Command = command({
  about: `Shows an inbox in a browser: calls as they go on, refused callbacks, dead letters, health and charts. It runs until you end it, and
only this machine reaches it. Nothing is changed without --write.`,
  args: {
    ...INBOX_ARGS,
    port: { type: 'string', valueHint: 'port', description: 'The port; 0 takes a free one [4001]' },
    open: { type: 'boolean', description: 'Open it in your browser' },
    write: {
      type: 'boolean',
      description: 'Allow to replay and discard dead letters, have providers asked, and erase calls',
    },
    reveal: { type: 'boolean', description: 'Show phone numbers, and callbacks as they came' },
    host: {
      type: 'string',
      valueHint: 'address',
      description: 'The address; any but this machine needs --auth-from-env [127.0.0.1]',
    },
    'auth-from-env': {
      type: 'string',
      valueHint: 'name',
      description: 'The environment variable with user:password, which the browser then asks for',
    },
  },
  examples: [
    ['board calls.db --open', 'Shows the calls of a file at http://127.0.0.1:4001, in your browser'],
    ['board env:DATABASE_URL --write --reveal', 'Shows those of a database with whole numbers, and lets you replay'],
  ],
  async run({ args, output }) {
    const { runBoard } = await import('../board/run.ts');
    return runBoard(args, output);
  },
});

export default board;

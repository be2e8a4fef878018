import { type Command, command } from '../command.ts';
import { SECRET_ARGS } from '../input/secrets.ts';

const listen: Command = command({
  about:
    'Receives callbacks of all providers on this machine, answers as a receiver does, and prints each event, and why a callback is refused. A path with the name of a provider, such as /twilio, takes only its callbacks. It opens no tunnel, and keeps events in memory only.',
  args: {
    port: { type: 'positional', required: false, description: 'The port; 0 takes a free one [4000]' },
    host: {
      type: 'string',
      valueHint: 'address',
      description: 'The address; 0.0.0.0 is reachable from your network [127.0.0.1]',
    },
    provider: {
      type: 'string',
      valueHint: 'name',
      description: 'Whose callbacks come to any path [all that recognize theirs]',
    },
    ...SECRET_ARGS,
    'public-url': {
      type: 'string',
      valueHint: 'url',
      description: 'The address that providers call [as the tunnel says in its headers]',
    },
    save: {
      type: 'string',
      valueHint: 'folder',
      description: 'Write each request to a file that doctor reads; tokens and passwords are replaced',
    },
    reveal: { type: 'boolean', description: 'Show phone numbers in full' },
  },
  repeatable: ['secret-from-env'],
  examples: [
    ['listen', 'Receives callbacks at http://127.0.0.1:4000'],
    [
      'listen 0 --provider twilio --secret-from-env TWILIO_AUTH_TOKEN --save captures',
      'Verifies those of Twilio on a free port, and keeps them',
    ],
  ],
  async run(context) {
    const { runListen } = await import('../listen/run.ts');
    return runListen(context.args, context.all('secret-from-env'), context.output);
  },
});

export default listen;

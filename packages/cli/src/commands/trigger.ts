import { type Command, command } from '../command.ts';
import { SECRET_ARGS } from '../input/secrets.ts';

const trigger: Command = command({
  about: 'Sends one genuine, signed callback of a provider to your server.',
  args: {
    event: {
      type: 'positional',
      required: false,
      description: 'provider.event, such as signalwire.completed; see --list',
    },
    to: { type: 'string', valueHint: 'url', description: 'The callback URL of your server' },
    ...SECRET_ARGS,
    list: { type: 'boolean', description: 'List all providers and events' },
  },
  examples: [['trigger --list', 'Shows what there is']],
  async run({ output }) {
    const { fixtures } = await import('@call-status/testing');
    for (const { provider, name } of fixtures()) {
      output.result(`${provider}.${name}`);
      output.row({ provider, event: name });
    }
    return 0;
  },
});

export default trigger;

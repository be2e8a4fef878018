import { type Command, command } from '../command.ts';
import { SECRET_ARGS } from '../input/secrets.ts';
import { SENDING_ARGS } from '../input/sending-args.ts';

/** Its own arguments. */
export const TRIGGER_ARGS = {
  event: {
    type: 'positional',
    required: false,
    description: 'PROVIDER.EVENT or PROVIDER.STATUS, such as signalwire.completed',
  },
  to: { type: 'string', valueHint: 'url', description: 'The callback URL of your server' },
  list: { type: 'boolean', description: 'List what can be sent: of all providers, or of one' },
  call: { type: 'string', valueHint: 'id', description: 'The call id, for several callbacks of one call' },
  set: {
    type: 'string',
    valueHint: 'name=value',
    description: 'Set a field, also a nested one; name:=json; repeatable',
  },
  remove: { type: 'string', valueHint: 'name', description: 'Remove a field; repeatable' },
  'public-key': {
    type: 'boolean',
    description: 'Print the public key of the test key, for a provider that signs with a private key',
  },
} as const;

const trigger: Command = command({
  about: `Sends one genuine callback of a provider to your server, signed with the secret that your server knows.
Without a secret, it is sent without proof. It happens now. The call id is a new one each time, unless --call is given.`,
  args: { ...TRIGGER_ARGS, ...SENDING_ARGS, ...SECRET_ARGS },
  repeatable: ['set', 'remove'],
  examples: [
    ['trigger --list', 'Lists all providers and events.'],
    [
      'trigger exotel.completed --to http://127.0.0.1:3000/webhooks/exotel',
      'Sends one. The token is that of EXOTEL_TOKEN.',
    ],
    [
      'trigger signalwire.busy --to localhost:3000/voice --set SipResultCode=486',
      'Changes a field before it is signed.',
    ],
    [
      'trigger vonage.completed --to localhost:3000/voice --env .env --call 7c9e6679',
      'Takes the secret from .env; the same call each time.',
    ],
    ['trigger telnyx --public-key', 'Prints the key that your server needs for callbacks of the test key.'],
  ],
  run: async (context) => (await import('../trigger/run-trigger.ts')).runTrigger(context),
});

export default trigger;

import { type Command, command } from '../command.ts';
import { SCHEMA_ARG } from '../inbox/open.ts';
import { SECRET_ARGS } from '../input/secrets.ts';

const doctor: Command = command({
  about:
    'Explains why a captured callback is refused: which URL, secret, body or clock the signature was made with, and the setting that fixes it. Nothing is sent, and secrets are never printed.',
  args: {
    file: {
      type: 'positional',
      required: false,
      description:
        'The request: an HTTP request as it was on the wire, a HAR file or a curl command; - for standard input',
    },
    har: { type: 'string', valueHint: 'file', description: 'A HAR file, as browsers and proxies save it' },
    entry: {
      type: 'string',
      valueHint: 'n',
      description: 'Which entry of a HAR file, from 1 [the only one that looks like a callback]',
    },
    curl: { type: 'string', valueHint: 'command', description: 'A curl command' },
    db: {
      type: 'string',
      valueHint: 'inbox',
      description: 'An inbox that keeps rejected callbacks: a file or a URL of PostgreSQL',
    },
    ...SCHEMA_ARG,
    refused: {
      type: 'string',
      valueHint: 'id',
      description: 'Which rejected callback of the inbox; the beginning of its id is enough [the latest]',
    },
    provider: { type: 'string', valueHint: 'name', description: 'Whose callback it is [those that recognize it]' },
    ...SECRET_ARGS,
    url: {
      type: 'string',
      valueHint: 'url',
      description: 'The URL at which your server received it, as far as the capture does not say it',
    },
    'public-url': { type: 'string', valueHint: 'url', description: 'The publicUrl of your receiver' },
    at: { type: 'string', valueHint: 'time', description: 'When it arrived [as the capture says]' },
    reveal: { type: 'boolean', description: 'Show phone numbers in full' },
  },
  repeatable: ['secret-from-env'],
  examples: [
    ['doctor captured.http', 'Explains a request, with the secrets of the environment'],
    ['doctor --har traffic.har --entry 3', 'Explains an entry of a HAR file'],
    ['doctor --db calls.db', 'Explains the latest callback that a receiver rejected'],
    [
      'doctor - --provider twilio --secret-from-env OLD_TOKEN --secret-from-env NEW_TOKEN',
      'Reads standard input, and tries two secrets',
    ],
  ],
  async run(context) {
    const { runDoctor } = await import('../doctor/run.ts');
    return runDoctor(context.args, context.all('secret-from-env'), context.output);
  },
});

export default doctor;

import { type Command, command } from '../command.ts';
import { SCHEMA_ARG } from '../inbox/open.ts';
import { SECRET_ARGS } from '../input/secrets.ts';

const ARGS = {
  scenario: {
    type: 'positional',
    required: false,
    description: 'A scenario such as outbound-busy, or mixed [mixed]; see --list',
  },
  to: {
    type: 'string',
    valueHint: 'url',
    description: 'The callback URL of your server; {provider} stands for the name',
  },
  provider: { type: 'string', valueHint: 'names', description: 'Providers with commas between, or all [signalwire]' },
  calls: { type: 'string', valueHint: 'n', default: '100', description: 'How many calls' },
  rate: { type: 'string', valueHint: 'n', default: 'max', description: 'How many calls begin each second, or max' },
  concurrency: {
    type: 'string',
    valueHint: 'n',
    default: '32',
    description: 'How many calls at a time, each with one connection',
  },
  mix: {
    type: 'string',
    valueHint: 'list',
    description: 'Scenarios with weights: outbound-answered=8,outbound-busy=2',
  },
  faults: {
    type: 'string',
    valueHint: 'list',
    description: 'Faults with probabilities: duplicate=5%,shuffle,late=2%; see --list',
  },
  seed: { type: 'string', valueHint: 'n', description: 'Decides calls and faults [a new one each time]' },
  now: {
    type: 'string',
    valueHint: 'time',
    description: 'When calls end and are signed, so that the same seed sends the same bytes [the real time]',
  },
  'public-url': {
    type: 'string',
    valueHint: 'url',
    description: 'The publicUrl of your server, which signatures cover [--to]',
  },
  'allow-remote': { type: 'boolean', description: 'Send to another machine, too' },
  db: {
    type: 'string',
    valueHint: 'inbox',
    description: 'The inbox of your server: a SQLite file, or a URL of PostgreSQL',
  },
  ...SCHEMA_ARG,
  assert: { type: 'boolean', description: 'Compare every call with the inbox' },
  wait: {
    type: 'string',
    valueHint: 'span',
    default: '10s',
    description: 'How long --assert waits for the inbox at most',
  },
  ...SECRET_ARGS,
  list: { type: 'boolean', description: 'List scenarios and faults' },
} as const;

const simulate: Command = command({
  about: `Sends the callbacks of whole calls to your server, with faults, and says what the inbox must have.
The same seed makes the same calls and the same faults. Call ids have 5ca11 in them.`,
  args: ARGS,
  examples: [
    [
      'simulate outbound-busy --provider signalwire --calls 200 --rate 50 --to localhost:3000/webhooks/signalwire',
      'Sends 200 busy calls, 50 a second.',
    ],
    [
      'simulate --provider all --faults duplicate=5%,shuffle,abort=1% --to localhost:3000/webhooks/{provider}',
      'Sends calls of all kinds, of all providers, on a bad day.',
    ],
    [
      'simulate --calls 100000 --to localhost:3000/webhooks/signalwire --db calls.db --assert',
      'Sends as fast as the server answers, and compares the inbox.',
    ],
  ],
  run: async ({ args, output }) => (await import('../simulate/run-simulate.ts')).runSimulate(args, output),
});

export default simulate;

import { type Command, command } from '../../command.ts';
import { CHANGE_ARGS, changeDeadLetters } from '../../inbox/change-dead-letters.ts';
import { DEAD_LETTER_ARGS } from '../../inbox/dead-letters.ts';
import { INBOX_ARGS, REVEAL_ARG } from '../../inbox/open.ts';

const replay: Command = command({
  about: `Has dead letters handled again, by the workers of the inbox, as attempt 1: the oldest first, each once. Shows which they are, and asks.
Handlers that had finished are not called again.`,
  args: { ...INBOX_ARGS, ...CHANGE_ARGS, ...DEAD_LETTER_ARGS, ...REVEAL_ARG },
  repeatable: ['id'],
  examples: [
    ['inbox replay calls.db --error ECONNREFUSED --dry-run', 'Shows what would be handled again'],
    ['inbox replay calls.db --all --yes', 'Has all dead letters handled again, in a script'],
  ],
  run: ({ args, output, all }) =>
    changeDeadLetters(
      {
        verb: 'Replay',
        done: 'replayed',
        effect: 'Workers handle them again.',
        apply: (inbox, eventId) => inbox.deadLetters.replay(eventId),
      },
      args,
      all('id'),
      output,
    ),
});

export default replay;

import { type Command, command } from '../../command.ts';
import { CHANGE_ARGS, changeDeadLetters } from '../../inbox/change-dead-letters.ts';
import { DEAD_LETTER_ARGS } from '../../inbox/dead-letters.ts';
import { INBOX_ARGS, REVEAL_ARG } from '../../inbox/open.ts';

const discard: Command = command({
  about: `Removes dead letters, so that they cannot be replayed. The events stay recorded. Shows which they are, and asks.`,
  args: { ...INBOX_ARGS, ...CHANGE_ARGS, ...DEAD_LETTER_ARGS, ...REVEAL_ARG },
  repeatable: ['id'],
  examples: [
    ['inbox discard calls.db --error "unknown customer" --since 7d', 'Gives up events that nothing can handle'],
  ],
  run: ({ args, output, all }) =>
    changeDeadLetters(
      {
        verb: 'Discard',
        done: 'discarded',
        effect: 'They cannot be replayed afterwards.',
        apply: (inbox, eventId) => inbox.deadLetters.discard(eventId),
      },
      args,
      all('id'),
      output,
    ),
});

export default discard;

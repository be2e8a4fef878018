import type { DeadLetter } from '@call-status/core';
import type { DeadLetterGroup } from '@call-status/core/inbox';
import { type Command, command } from '../../command.ts';
import { shortId } from '../../inbox/call-columns.ts';
import { DEAD_LETTER_ARGS, deadLettersOf, isOfError, queryOf, rowOfDeadLetter } from '../../inbox/dead-letters.ts';
import { countOf, INBOX_ARGS, REVEAL_ARG, reading } from '../../inbox/open.ts';
import { type Privacy, privacyOf } from '../../inbox/privacy.ts';
import { ago } from '../../output/duration.ts';
import type { Output } from '../../output/output.ts';
import { type Column, table } from '../../output/table.ts';

const dead: Command = command({
  about: `Shows dead letters, the events that no attempt could handle: in groups with the same error, the most frequent first; with --error, one
by one, newest first.`,
  args: {
    ...INBOX_ARGS,
    ...DEAD_LETTER_ARGS,
    limit: { type: 'string', default: '50', description: 'How many dead letters, with --error' },
    all: { type: 'boolean', description: 'All dead letters, instead of --limit' },
    ...REVEAL_ARG,
  },
  examples: [
    ['inbox dead calls.db', 'Shows which errors there are, and how many'],
    ['inbox dead calls.db --error ECONNREFUSED', 'Shows the events with this text in their error'],
  ],
  async run({ args, output }) {
    const privacy = privacyOf(args.reveal);
    const limit = args.all === true ? Number.POSITIVE_INFINITY : countOf(args.limit, '--limit');
    await reading(args, async (inbox) => {
      const query = queryOf(args);
      if (args.error === undefined && args.all !== true) {
        return printGroups(await inbox.deadLetters.groups(query), privacy, output);
      }
      const found: DeadLetter[] = [];
      let isMore = false;
      for await (const letter of deadLettersOf(inbox, query)) {
        if (!isOfError(letter, args.error)) continue;
        isMore = found.length === limit;
        if (isMore) break;
        found.push(letter);
      }
      for (const letter of found) output.row(privacy.json(rowOfDeadLetter(letter)));
      if (found.length > 0) output.result(table(found, letterColumns(privacy, output), output));
      else output.note('No dead letter matches.');
      if (isMore) output.note('There are more: add --limit, or --all.');
    });
    return 0;
  },
});

export default dead;

function printGroups(groups: readonly DeadLetterGroup[], privacy: Privacy, output: Output): void {
  for (const group of groups) output.row(privacy.json(group));
  if (groups.length === 0) {
    output.note('There are no dead letters.');
    return;
  }
  output.result(
    table(
      groups,
      [
        { title: 'EVENTS', text: ({ count }) => String(count), align: 'right', style: () => output.style.red },
        { title: 'PROVIDER', text: ({ provider }) => provider },
        { title: 'FIRST', text: ({ firstDeadAt }) => ago(firstDeadAt) },
        { title: 'LAST', text: ({ lastDeadAt }) => ago(lastDeadAt) },
        { title: 'ERROR', text: ({ error }) => privacy.text(error), shrinks: 20 },
      ],
      output,
    ),
  );
  output.note('One by one: --error with a part of the text. Handle them again: call-status inbox replay.');
}

function letterColumns(privacy: Privacy, { style }: Output): Column<DeadLetter>[] {
  return [
    { title: 'DEAD', text: ({ deadAt }) => ago(deadAt) },
    { title: 'PROVIDER', text: ({ event }) => event.provider },
    { title: 'CALL', text: ({ event }) => shortId(event.callId, privacy) },
    { title: 'STATUS', text: ({ event }) => event.status },
    { title: 'ATTEMPTS', text: ({ attempts }) => String(attempts), align: 'right' },
    { title: 'HANDLER', text: ({ handler = '' }) => handler, isOptional: true },
    { title: 'EVENT', text: ({ event }) => privacy.id(event.id), style: () => style.dim },
    { title: 'ERROR', text: ({ error }) => privacy.text(error), shrinks: 20 },
  ];
}

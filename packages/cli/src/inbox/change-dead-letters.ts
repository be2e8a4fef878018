import type { Inbox } from '@call-status/core';
import { type DeadLetter, errorGroupOf } from '@call-status/core/inbox';
import { notFound, wrongUsage } from '../cli-error.ts';
import { announce, confirm } from '../input/confirm.ts';
import { ago } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import { shortId } from './call-columns.ts';
import { type DeadLetterFilters, deadLettersOf, isOfError, queryOf } from './dead-letters.ts';
import { type InboxArgs, reading, writing } from './open.ts';
import { type Privacy, privacyOf } from './privacy.ts';

/** The arguments of commands that change dead letters, besides those of the inbox and of the filters. */
export const CHANGE_ARGS = {
  id: { type: 'positional', required: false, description: 'The ids of events, as inbox dead --error shows them' },
  all: { type: 'boolean', description: 'All dead letters' },
  'dry-run': { type: 'boolean', description: 'Only show which they are' },
  yes: { type: 'boolean', alias: 'y', description: 'Do not ask' },
} as const;

/** The values of all of them. */
export interface ChangeArgs extends InboxArgs, DeadLetterFilters {
  readonly all?: boolean | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly reveal?: boolean | undefined;
}

/** What to do with dead letters. */
export interface Change {
  /** `Replay`. */
  readonly verb: string;
  /** `replayed`: also the key in JSON. */
  readonly done: string;
  /** What it means, for the question. */
  readonly effect: string;
  /** Resolves to `false` if there is no such dead letter any more. */
  readonly apply: (inbox: Inbox, eventId: string) => Promise<boolean>;
}

/** What is kept of a dead letter until all are found: there may be a million. */
type Chosen = Pick<DeadLetter, 'attempts' | 'deadAt'> & {
  readonly eventId: string;
  readonly provider: string;
  readonly callId: string;
  readonly error: string;
};

/** How many are shown before the question. */
const SHOWN = 5;

/** How many are changed at a time; the inbox keeps their order. */
const AT_ONCE = 100;

/** Finds dead letters, shows them, asks, and changes exactly those: oldest first, each once. */
export async function changeDeadLetters(
  change: Change,
  args: ChangeArgs,
  ids: readonly string[],
  output: Output,
): Promise<number> {
  const hasFilter = [args.error, args.provider, args.since, args.until].some((one) => one !== undefined);
  if (ids.length > 0 && (hasFilter || args.all === true)) throw wrongUsage('Give ids or filters, not both.');
  if (ids.length === 0 && !hasFilter && args.all !== true) {
    throw wrongUsage(
      `Which dead letters? Nothing was ${change.done}.`,
      'Give ids, --error, --provider, --since, --until or --all.',
    );
  }
  const privacy = privacyOf(args.reveal);
  const chosen = await reading(args, (inbox) => (ids.length > 0 ? byId(inbox, ids) : byFilter(inbox, args)));
  if (chosen.length === 0) {
    output.note('No dead letter matches.');
    return 0;
  }
  const isDry = args['dry-run'] === true;
  announce(previewOf(chosen, privacy, output), isDry || args.yes, output);
  const question = `${change.verb} ${count(chosen.length)}? ${change.effect}`;
  if (isDry) for (const one of chosen) output.row(privacy.json({ ...one, [change.done]: false }));
  if (isDry || !(await confirm(question, args.yes))) {
    output.note(`Nothing was ${change.done}.`);
    return isDry ? 0 : 1;
  }
  return writing(args, (inbox) => applyAll(change, inbox, chosen, privacy, output));
}

async function applyAll(
  { apply, done }: Change,
  inbox: Inbox,
  chosen: readonly Chosen[],
  privacy: Privacy,
  output: Output,
): Promise<number> {
  let changed = 0;
  for (let at = 0; at < chosen.length; at += AT_ONCE) {
    const some = chosen.slice(at, at + AT_ONCE);
    const results = await Promise.allSettled(some.map(({ eventId }) => apply(inbox, eventId)));
    for (const [index, result] of results.entries()) {
      const isChanged = result.status === 'fulfilled' && result.value;
      if (isChanged) changed++;
      output.row(privacy.json({ ...some[index], [done]: isChanged }));
    }
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) continue;
    output.note(`${count(changed)} ${done} before it failed: run it again for the others.`);
    throw failure.reason;
  }
  output.result(`${count(changed)} ${done}.`);
  const gone = chosen.length - changed;
  if (gone > 0) output.note(`${count(gone)} had been replayed or discarded meanwhile.`);
  return 0;
}

async function byId(inbox: Inbox, ids: readonly string[]): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const id of new Set(ids)) {
    const letter = await inbox.deadLetters.get(id);
    if (letter === undefined)
      throw notFound(`There is no dead letter "${id}".`, 'call-status inbox dead --all lists them.');
    chosen.push(chosenOf(letter));
  }
  return chosen.sort((a, b) => Date.parse(a.deadAt) - Date.parse(b.deadAt));
}

/** Oldest first. */
async function byFilter(inbox: Inbox, filters: DeadLetterFilters): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for await (const letter of deadLettersOf(inbox, queryOf(filters))) {
    if (isOfError(letter, filters.error)) chosen.push(chosenOf(letter));
  }
  return chosen.reverse();
}

function chosenOf({ event: { id, provider, callId }, attempts, error, deadAt }: DeadLetter): Chosen {
  return { eventId: id, provider, callId, attempts, error: errorGroupOf(error), deadAt };
}

function previewOf(chosen: readonly Chosen[], privacy: Privacy, output: Output): string {
  const shown = chosen.slice(0, SHOWN);
  const rows = table(
    shown,
    [
      { title: 'DEAD', text: ({ deadAt }) => ago(deadAt) },
      { title: 'PROVIDER', text: ({ provider }) => provider },
      { title: 'CALL', text: ({ callId }) => shortId(callId, privacy) },
      { title: 'EVENT', text: ({ eventId }) => privacy.id(eventId), shrinks: 16 },
      { title: 'ERROR', text: ({ error }) => privacy.text(error), shrinks: 20 },
    ],
    output,
  );
  const rest = chosen.length - shown.length;
  return `${count(chosen.length)}, oldest first:\n${rows}${rest === 0 ? '' : `\n  and ${rest} more`}`;
}

function count(number: number): string {
  return number === 1 ? '1 dead letter' : `${number} dead letters`;
}

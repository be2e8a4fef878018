import type { Inbox } from '@call-status/core';
import { type DeadLetter, partsOf, rowsOf } from '@call-status/core/inbox';
import { notFound } from '../http/failure.ts';
import { given } from '../http/query.ts';
import { summaryFor } from './call.ts';
import { booleanIn, onlyIn, requiredTextIn, textIn, textsIn } from './fields.ts';
import { logged } from './logged.ts';
import type { Parts, Route, Visit } from './route.ts';
import type { DeadResult } from './types.ts';

/** So many are counted or discarded one by one at most: the newest. */
const MOST_ROWS = 10_000;

const FIELDS = ['keys', 'provider', 'error', 'since', 'until', 'dryRun'];

/** If there are as many groups, some dead letters may be in none. */
const MOST_GROUPS = 100;

/** Which dead letters: all that match. */
interface Filter {
  readonly provider?: string;
  readonly error?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `POST api/dead/replay` */
export const replayDead: Route = changing('replay', countOf, (inbox, letters, filter) =>
  letters ? replayEach(inbox, letters) : inbox.deadLetters.replayAll(filter),
);

/** `POST api/dead/discard` */
export const discardDead: Route = changing(
  'discard',
  async (inbox, filter) => limited(await countOf(inbox, filter)),
  async (inbox, letters, filter) => {
    let count = 0;
    for (const { event } of letters ?? (await lettersOf(inbox, filter, MOST_ROWS))) {
      if (await inbox.deadLetters.discard(event.id)) count++;
    }
    return count;
  },
);

/**
 * @param count counts what `change` would change of all that match
 * @param change gets the dead letters that are named; `undefined`: all that match. Resolves to how many it changed
 */
function changing(
  action: 'replay' | 'discard',
  count: (inbox: Inbox, filter: Filter) => Promise<DeadResult>,
  change: (inbox: Inbox, letters: readonly DeadLetter[] | undefined, filter: Filter) => Promise<number>,
): Route {
  return {
    needs: 'replay',
    async answer(visit, parts): Promise<DeadResult> {
      const { inbox } = parts;
      onlyIn(visit.body, FIELDS);
      const letters = await namedIn(visit, parts);
      const filter = filterIn(visit);
      if (booleanIn(visit.body, 'dryRun')) return letters ? summed(letters) : count(inbox, filter);
      return logged(action, await change(inbox, letters, filter), visit, parts);
    },
  };
}

/** `POST api/call/replay`: the dead letters of one call. */
export const replayCall: Route = {
  needs: 'replay',
  async answer(visit, parts): Promise<DeadResult> {
    const { inbox, keys } = parts;
    const summary = await summaryFor(inbox, keys.callOf(requiredTextIn(visit.body, 'key')));
    const found = summary && (await partsOf(inbox, summary));
    if (found === undefined) throw notFound('There is no such call.');
    const dead = found.events.filter(({ handling }) => handling.state === 'dead');
    const letters = await existing(
      inbox,
      dead.map(({ event }) => event.id),
    );
    if (booleanIn(visit.body, 'dryRun')) return summed(letters);
    return logged('replay', await replayEach(inbox, letters), visit, parts);
  },
};

/** `POST api/call/forget` */
export const forgetCall: Route = {
  needs: 'forget',
  async answer(visit, parts): Promise<DeadResult> {
    const { inbox, keys, live } = parts;
    const call = keys.callOf(requiredTextIn(visit.body, 'key'));
    const isForgotten = await inbox.forgetCall(call.provider, call.callId, call.tenant);
    live.erased(call);
    return logged('forget', isForgotten ? 1 : 0, visit, parts);
  },
};

function filterIn({ body }: Visit): Filter {
  const period = { since: textIn(body, 'since'), until: textIn(body, 'until') };
  return given({ provider: textIn(body, 'provider'), error: textIn(body, 'error'), ...period });
}

/** Those whose keys the body has, the oldest first; `undefined` if it has none. */
async function namedIn({ body }: Visit, { inbox, keys }: Parts): Promise<readonly DeadLetter[] | undefined> {
  const named = textsIn(body, 'keys');
  return (
    named &&
    existing(
      inbox,
      named.map((key) => keys.eventOf(key)),
    )
  );
}

async function existing(inbox: Inbox, eventIds: readonly string[]): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const id of new Set(eventIds)) {
    const letter = await inbox.deadLetters.get(id);
    if (letter !== undefined) letters.push(letter);
  }
  return letters.sort((one, other) => one.deadAt.localeCompare(other.deadAt));
}

/** The newest that match. */
async function lettersOf({ deadLetters }: Inbox, filter: Filter, most: number): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of rowsOf((page) => deadLetters.list({ ...filter, ...page }), most)) letters.push(letter);
  return letters;
}

async function replayEach({ deadLetters }: Inbox, letters: readonly DeadLetter[]): Promise<number> {
  let count = 0;
  for (const { event } of letters) if (await deadLetters.replay(event.id)) count++;
  return count;
}

function summed(letters: readonly DeadLetter[]): DeadResult {
  return resultOf(
    letters.length,
    letters.map(({ deadAt }) => deadAt),
  );
}

/** One query, unless there are too many errors. */
async function countOf(inbox: Inbox, filter: Filter): Promise<DeadResult> {
  const groups = await inbox.deadLetters.groups(filter);
  if (groups.length >= MOST_GROUPS) return limited(summed(await lettersOf(inbox, filter, MOST_ROWS + 1)));
  const times = groups.flatMap(({ firstDeadAt, lastDeadAt }) => [firstDeadAt, lastDeadAt]);
  return resultOf(
    groups.reduce((sum, { count }) => sum + count, 0),
    times,
  );
}

function limited(result: DeadResult): DeadResult {
  const { count, newestAt } = result;
  return count > MOST_ROWS ? { count: MOST_ROWS, isMore: true, ...given({ newestAt }) } : result;
}

function resultOf(count: number, times: readonly string[]): DeadResult {
  const [oldestAt, newestAt] = [times.toSorted()[0], times.toSorted().at(-1)];
  return { count, ...given({ oldestAt, newestAt }) };
}

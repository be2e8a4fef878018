import { isCallStatusError } from '@call-status/core';
import type { InboxHealth, StoreCheck } from '@call-status/core/inbox';
import { messageOf } from '../../cli-error.ts';
import { type Command, command } from '../../command.ts';
import { damageOf, findingsOf, notesOf } from '../../inbox/findings.ts';
import { INBOX_ARGS, type InboxArgs, reading } from '../../inbox/open.ts';
import { checkStore } from '../../input/inbox.ts';
import { ago, duration } from '../../output/duration.ts';
import { safe } from '../../output/safe.ts';

const check: Command = command({
  about: `Checks an inbox: whether its file or its tables are damaged, what waits, and what needs an operator. Of a file, every page is read. Exits
with 1 if there is something to do, and says what.`,
  args: INBOX_ARGS,
  examples: [
    ['inbox check calls.db', 'Checks a file, also of a running service'],
    ['inbox check env:DATABASE_URL --json --quiet', 'Checks a database, for a monitoring program'],
  ],
  async run({ args, output }) {
    // First: a damaged store may not be readable.
    const store = await checkStore(args.inbox, args).catch(tooDamaged);
    const figures = await figuresOf(args, store);
    const { style } = output;
    const isRead = 'health' in figures;
    const findings = isRead ? findingsOf(store, figures.health) : damageOf(store);
    const notes = isRead ? notesOf(figures.health) : figures.reasons;
    const row = isRead ? { ended: figures.ended, ...figures.health } : {};
    output.row({ ok: findings.length === 0, ...store, ...row, findings, notes });
    const lines = isRead ? linesOf(store, figures.health, figures.ended) : [tablesLine(store)];
    output.result(lines.map(([name, text]) => `  ${style.dim(name.padEnd(9))}  ${safe(text)}`).join('\n'));
    for (const { problem, fix } of findings)
      output.result(`\n  ${style.red('✗')} ${safe(problem)}\n    ${style.dim('fix')}  ${safe(fix)}`);
    for (const note of notes) output.result(`\n  ${style.yellow('!')} ${safe(note)}`);
    if (findings.length > 0) return 1;
    output.result(`\n  ${style.green('✓')} nothing to do`);
    return 0;
  },
});

export default check;

/** A check that could not be made to its end has only problems. */
type Check = StoreCheck | Pick<StoreCheck, 'problems'>;

function tooDamaged(error: unknown): Check {
  if (isCallStatusError(error) && error.code === 'inbox_corrupted') return { problems: [error.message] };
  throw error;
}

/** What the inbox says of itself, or why it cannot, which is no surprise of a damaged one. */
type Figures = { readonly health: InboxHealth; readonly ended: number } | { readonly reasons: readonly string[] };

async function figuresOf(args: InboxArgs, { problems }: Check): Promise<Figures> {
  try {
    return await reading(args, async (inbox) => ({
      health: await inbox.health(),
      ended: (await inbox.counts()).ended,
    }));
  } catch (error) {
    if (problems.length === 0) throw error;
    return { reasons: [messageOf(error)].filter((reason) => !problems.includes(reason)) };
  }
}

function tablesLine(check: Check): [string, string] {
  if (!('version' in check)) return ['tables', 'too damaged to be checked'];
  const { version, needed, problems } = check;
  const isReadable = version === needed ? '' : `, this release needs ${needed}`;
  const damage = problems.length === 0 ? 'no damage found' : `${problems.length} problems`;
  return ['tables', `version ${version}${isReadable}, ${damage}`];
}

function linesOf(check: Check, health: InboxHealth, ended: number): [string, string][] {
  const { due, lagMs, retrying, blocked, running, dead, live, silent, refused, watches, workers, store } = health;
  const waits = due === 0 ? '' : `, the oldest for ${duration(lagMs)}`;
  const wal = store.walBytes === undefined ? '' : `, ${bytes(store.walBytes)} of them in the -wal`;
  return [
    tablesLine(check),
    ['size', store.bytes === undefined ? 'unknown' : `${bytes(store.bytes + (store.walBytes ?? 0))}${wal}`],
    ['calls', `${live} live, ${ended} ended; ${silent} live ones without an event for 10 minutes`],
    [
      'events',
      `${due} due${waits}; ${running} running, ${retrying} wait for a retry, ${blocked} behind another, ${dead} dead`,
    ],
    ['refused', `${refused.kept} kept, ${refused.uncounted} only counted`],
    ['watches', `${watches.missing} missing, ${watches.stuck} stuck, ${watches.failed} failed`],
    ['workers', workers.length === 0 ? 'none' : String(workers.length)],
    ...workers.map(({ owner, running: has, concurrency, lastSeenAt }): [string, string] => [
      '',
      `${owner}  ${has} of ${concurrency} running, seen ${ago(lastSeenAt)}`,
    ]),
  ];
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let rest = count;
  for (; rest >= 1000 && at < units.length - 1; at++) rest /= 1000;
  return `${rest >= 10 || at === 0 ? Math.round(rest) : Math.round(rest * 10) / 10} ${units[at]}`;
}

import type { InboxHealth, StoreCheck } from '@call-status/core/inbox';
import { type Command, command } from '../../command.ts';
import { findingsOf, notesOf } from '../../inbox/findings.ts';
import { INBOX_ARGS, reading } from '../../inbox/open.ts';
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
    const store = await checkStore(args.inbox, args);
    const health = await reading(args, (inbox) => inbox.health());
    const { ended } = await reading(args, (inbox) => inbox.counts());
    const findings = findingsOf(store, health);
    const notes = notesOf(health);
    const { style } = output;
    output.row({ ok: findings.length === 0, ...store, ended, ...health, findings, notes });
    output.result(
      linesOf(store, health, ended)
        .map(([name, text]) => `  ${style.dim(name.padEnd(9))}  ${safe(text)}`)
        .join('\n'),
    );
    for (const { problem, fix } of findings)
      output.result(`\n  ${style.red('✗')} ${safe(problem)}\n    ${style.dim('fix')}  ${safe(fix)}`);
    for (const note of notes) output.result(`\n  ${style.yellow('!')} ${safe(note)}`);
    if (findings.length > 0) return 1;
    output.result(`\n  ${style.green('✓')} nothing to do`);
    return 0;
  },
});

export default check;

function linesOf({ version, needed, problems }: StoreCheck, health: InboxHealth, ended: number) {
  const { due, lagMs, retrying, blocked, running, dead, live, silent, refused, watches, workers, store } = health;
  const isReadable = version === needed ? '' : `, this release needs ${needed}`;
  const waits = due === 0 ? '' : `, the oldest for ${duration(lagMs)}`;
  const wal = store.walBytes === undefined ? '' : `, ${bytes(store.walBytes)} of them in the -wal`;
  return [
    [
      'tables',
      `version ${version}${isReadable}, ${problems.length === 0 ? 'no damage found' : `${problems.length} problems`}`,
    ],
    ['size', store.bytes === undefined ? 'unknown' : `${bytes(store.bytes + (store.walBytes ?? 0))}${wal}`],
    ['calls', `${live} live, ${ended} ended; ${silent} live ones without an event for 10 minutes`],
    [
      'events',
      `${due} due${waits}; ${running} running, ${retrying} wait for a retry, ${blocked} behind another, ${dead} dead`,
    ],
    ['refused', `${refused.kept} kept, ${refused.uncounted} only counted`],
    ['watches', `${watches.missing} missing, ${watches.stuck} stuck, ${watches.failed} failed`],
    ['workers', workers.length === 0 ? 'none' : String(workers.length)],
    ...workers.map(({ owner, running: has, concurrency, lastSeenAt }) => [
      '',
      `${owner}  ${has} of ${concurrency} running, seen ${ago(lastSeenAt)}`,
    ]),
  ] as [string, string][];
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let rest = count;
  for (; rest >= 1000 && at < units.length - 1; at++) rest /= 1000;
  return `${rest >= 10 || at === 0 ? Math.round(rest) : Math.round(rest * 10) / 10} ${units[at]}`;
}

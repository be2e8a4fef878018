import type { InboxHealth, StoreCheck } from '@call-status/core/inbox';
import { duration } from '../output/duration.ts';

/** Something that an operator should do. */
export interface Finding {
  /** A stable name, for programs. */
  readonly code: string;
  /** What is the matter. */
  readonly problem: string;
  /** What to do. */
  readonly fix: string;
}

/** Work that waits for longer is a backlog. */
const LAG_MS = 60_000;

/** Handlers seldom take so long. */
const RUNNING_MS = 300_000;

/** A longer -wal is kept by a reader. */
const WAL_BYTES = 256 * 1024 * 1024;

/** What is damaged. */
export function damageOf({ problems }: Pick<StoreCheck, 'problems'>): Finding[] {
  return problems.map((problem) => ({ code: 'damaged', problem, fix: 'Stop the service, and restore a backup.' }));
}

/** What needs an operator. */
export function findingsOf(check: Pick<StoreCheck, 'problems'>, health: InboxHealth): Finding[] {
  const { dead, due, lagMs, workers, watches, store } = health;
  const hanging = workers.filter(({ oldestRunningMs }) => oldestRunningMs > RUNNING_MS);
  return [
    ...damageOf(check),
    ...when(dead > 0, {
      code: 'dead_letters',
      problem: `${counted(dead, 'event')} could not be handled.`,
      fix: 'See why with `call-status inbox dead INBOX`, correct it, and run `call-status inbox replay INBOX`.',
    }),
    ...when(due > 0 && workers.length === 0, {
      code: 'no_worker',
      problem: `Waiting: ${counted(due, 'event')}, and no worker has reported during the last minute.`,
      fix: 'Start a process with handlers.',
    }),
    ...when(lagMs > LAG_MS && workers.length > 0, {
      code: 'backlog',
      problem: `Waiting: ${counted(due, 'event')}, the oldest for ${duration(lagMs)}.`,
      fix: 'Start more workers, raise `concurrency`, or find out which handlers are slow.',
    }),
    ...hanging.map(({ owner, oldestRunningMs }) => ({
      code: 'hanging_handler',
      problem: `The worker ${owner} has had a handler running for ${duration(oldestRunningMs)}.`,
      fix: 'Find out what it waits for, set `handlerTimeoutMs`, and restart it.',
    })),
    ...when(watches.missing > 0, {
      code: 'missing_calls',
      problem: `${counted(watches.missing, 'expected call')} had no callback.`,
      fix: 'Check the callback URL at the provider, and `call-status inbox refused`.',
    }),
    ...when(watches.stuck > 0, {
      code: 'stuck_calls',
      problem: `Silent for too long: ${counted(watches.stuck, 'live call')}.`,
      fix: 'See them with `call-status inbox ls --state live --silent-for 1h`, and ask the provider.',
    }),
    ...when(watches.failed > 0, {
      code: 'failed_notices',
      problem: `${counted(watches.failed, 'notice')} could not be delivered.`,
      fix: 'See the errors of `onMissing` and `onStuck` in the log.',
    }),
    ...when((store.walBytes ?? 0) > WAL_BYTES, {
      code: 'long_wal',
      problem: 'The -wal of the file is long: a program has been reading for a long time.',
      fix: 'End the transaction of that program.',
    }),
  ];
}

/** What is no fault yet, but a person would want to know. */
export function notesOf({ retrying, blocked, nextRetryAt }: InboxHealth): string[] {
  if (retrying === 0) return [];
  const next = nextRetryAt === undefined ? '' : ` The next one is at ${nextRetryAt}.`;
  const isOne = retrying === 1;
  const behind = blocked === 0 ? '' : `, and ${counted(blocked, 'event')} behind ${isOne ? 'it' : 'them'}`;
  return [
    `Handlers failed: ${counted(retrying, 'event')} ${isOne ? 'waits' : 'wait'} for a retry${behind}.${next} See the errors with \`call-status inbox show\`, or in the log (handler_failed).`,
  ];
}

function when(isSo: boolean, finding: Finding): Finding[] {
  return isSo ? [finding] : [];
}

function counted(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`;
}

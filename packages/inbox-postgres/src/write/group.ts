import { sqlStateOf } from '../connection/errors.ts';
import { BEGIN_SHORT, type Row, type Session } from '../connection/session.ts';
import { BY_INDEX } from '../plans.ts';
import type { CallKey, GroupTransaction, Locks, Operation } from './operation.ts';

// biome-ignore lint/suspicious/noExplicitAny: a group holds operations of all kinds
type AnyOperation = Operation<any, any, any>;

/** An operation that was asked for. */
export interface Request {
  readonly operation: AnyOperation;
  readonly arg: unknown;
}

/** What a committed group did. */
export interface Committed {
  readonly results: readonly unknown[];
  /** Whether jobs became due that were not taken in the same group. */
  readonly isWorkDue: boolean;
}

/** Why a group failed. */
export class GroupFailure extends Error {
  /** Whether it may have been committed all the same. */
  readonly isUnknown: boolean;

  constructor(cause: unknown, isUnknown: boolean) {
    super('The transaction failed.', { cause });
    this.isUnknown = isUnknown;
  }
}

/**
 * The condition that finds a call `c` by its key `i`. Only the index that begins with `call_id` is of use for it: while tables are empty, a
 * plan that is kept may choose any.
 */
export const IS_CALL = "c.call_id = i.call_id AND c.provider || '' = i.provider AND c.tenant = i.tenant";

/** One statement for all calls of a group, in the order of their ids, so that no two groups wait for each other. */
export function lockSql(s: string): string {
  return `
    SELECT id FROM ${s}.calls WHERE id = ANY (ARRAY(
      SELECT c.id FROM unnest($1::text[], $2::text[], $3::text[]) AS i(provider, tenant, call_id)
      CROSS JOIN LATERAL (SELECT id FROM ${s}.calls c WHERE ${IS_CALL} LIMIT 1) c
      UNION ALL SELECT unnest($4::bigint[])
      UNION ALL
      SELECT j.call FROM unnest($5::text[]) AS i(event_id)
      CROSS JOIN LATERAL (SELECT call FROM ${s}.jobs WHERE event_id = i.event_id AND dead_at IS NOT NULL LIMIT 1) j))
    ORDER BY id FOR UPDATE`;
}

/** What all groups of a loop have in common. */
export interface GroupSettings {
  /** The statement that locks calls. */
  readonly lock: string;
  /** How long to wait for a lock of another transaction, in milliseconds. */
  readonly lockMs: number;
  /** The time for tests; `null`: the database's own. */
  readonly now: number | null;
}

/** Runs a group of operations in one transaction. Statements are sent without waiting for those before them. */
export async function runGroup(
  session: Session,
  requests: readonly Request[],
  { lock, lockMs, now }: GroupSettings,
): Promise<Committed> {
  const transaction = new OpenTransaction(session, now);
  try {
    void transaction.send(`${BEGIN_SHORT}; SET LOCAL lock_timeout = ${lockMs}; ${BY_INDEX}`);
    const prepared = prepareAll(transaction, requests);
    lockAll(transaction, requests, lock);
    const sent: Promise<readonly unknown[]>[] = [];
    for (const [operation, args] of runsOf(requests)) {
      const { results } = await operation.run(transaction, args, prepared.get(operation));
      // They reject with the statements, before anything waits for them.
      results.catch(() => {});
      sent.push(results);
    }
    transaction.commit();
    await transaction.settled();
    const results = (await Promise.all(sent)).flat();
    return { results, isWorkDue: transaction.isWorkDue };
  } catch (error) {
    throw await transaction.failure(error);
  }
}

function prepareAll(transaction: GroupTransaction, requests: readonly Request[]): Map<AnyOperation, unknown> {
  const prepared = new Map<AnyOperation, unknown>();
  for (const [operation, args] of byOperation(requests)) {
    if (operation.prepare) prepared.set(operation, operation.prepare(transaction, args));
  }
  return prepared;
}

function lockAll(transaction: OpenTransaction, requests: readonly Request[], lock: string): void {
  const locks: Locks = { calls: [], keys: [], deadLetters: [] };
  for (const { operation, arg } of requests) operation.lock?.(arg, locks);
  const { calls, keys, deadLetters } = locks;
  if (calls.length + keys.length + deadLetters.length > 0) {
    transaction.lock(lock, [...columnsOfKeys(keys), calls, deadLetters]);
  }
}

/** The columns of keys, for `unnest`. */
export function columnsOfKeys(keys: readonly CallKey[]): [provider: string[], tenant: string[], callId: string[]] {
  return [keys.map(({ provider }) => provider), keys.map(({ tenant }) => tenant), keys.map(({ callId }) => callId)];
}

function byOperation(requests: readonly Request[]): Map<AnyOperation, unknown[]> {
  const found = new Map<AnyOperation, unknown[]>();
  for (const { operation, arg } of requests) {
    const args = found.get(operation);
    if (args === undefined) found.set(operation, [arg]);
    else args.push(arg);
  }
  return found;
}

/** Neighbors of one kind. */
function runsOf(requests: readonly Request[]): [AnyOperation, unknown[]][] {
  const runs: [AnyOperation, unknown[]][] = [];
  for (const { operation, arg } of requests) {
    const last = runs.at(-1);
    if (last?.[0] === operation && operation.runsAlone === undefined) last[1].push(arg);
    else runs.push([operation, [arg]]);
  }
  return runs;
}

class OpenTransaction implements GroupTransaction {
  readonly now: number | null;
  isWorkDue = false;
  locked: Promise<ReadonlySet<number>> = Promise.resolve(new Set());
  readonly #session: Session;
  readonly #sent: Promise<Row[]>[] = [];
  #first: { readonly reason: unknown; readonly isCommit: boolean } | undefined;
  #isCommitSent = false;

  constructor(session: Session, now: number | null) {
    this.#session = session;
    this.now = now;
  }

  send(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const isCommit = this.#isCommitSent;
    const answer = this.#session.query(text, values);
    // What was sent after a statement that fails, fails too: only the first tells why.
    answer.catch((reason: unknown) => {
      this.#first ??= { reason, isCommit };
    });
    this.#sent.push(answer);
    return answer;
  }

  lock(text: string, values: readonly unknown[]): void {
    this.locked = this.send(text, values).then((rows) => new Set(rows.map(({ id }) => id as number)));
    this.locked.catch(() => {});
  }

  workIsDue(isDue = true): void {
    this.isWorkDue = isDue;
  }

  commit(): void {
    this.#isCommitSent = true;
    void this.send('COMMIT');
  }

  async settled(): Promise<void> {
    await Promise.all(this.#sent);
  }

  /** Waits for all answers, and leaves the session without a transaction. */
  async failure(error: unknown): Promise<GroupFailure> {
    if (!this.#isCommitSent) await this.#session.query('ROLLBACK').catch(() => {});
    await Promise.allSettled(this.#sent);
    const { reason, isCommit } = this.#first ?? { reason: error, isCommit: false };
    // The server says that a statement failed: then it has not committed.
    const isUnknown = this.#isCommitSent && (isCommit || sqlStateOf(reason) === undefined);
    return new GroupFailure(reason, isUnknown);
  }
}

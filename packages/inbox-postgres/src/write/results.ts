import { errorGroupOf, type Failure, type Lease, type Outcome, storedText } from '@call-status/core/inbox';
import { nowSql } from '../store.ts';
import type { Endings } from './endings.ts';
import type { Operation } from './operation.ts';
import { schedule, scheduleSql } from './schedule.ts';

/** The longest pause. A time plus this is still a safe integer. */
const LONGEST_MS = 2 ** 52;

/** The longest text of an error that is kept, in characters. */
const LONGEST_ERROR = 4096;
const LONGEST_HANDLER = 256;

type Result = 'finish' | 'fail' | 'release';

const JOIN = 'w.call = l.call AND w.id = l.id AND w.token = l.token';
const RESULT = 'due_at = NULL, token = NULL, begun_ms = NULL, last_token = w.token';

/**
 * Stores a result, and says what became of each: a statement that does both.
 *
 * @param columns the values of each result after its lease, for `unnest`
 * @param change changes the job `w` whose lease is `l`, and ends with `RETURNING w.token`
 */
function resultSql(
  s: string,
  result: Result,
  columns: readonly [name: string, type: string][],
  change: string,
): string {
  const parameters = ['bigint', 'bigint', 'text', ...columns.map(([, type]) => type)];
  const names = ['call', 'id', 'token', ...columns.map(([name]) => name)];
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(parameters.length + 1)} AS now),
    l AS MATERIALIZED (
      SELECT * FROM unnest(${parameters.map((type, at) => `$${at + 1}::${type}[]`).join()}) WITH ORDINALITY AS l(${names.join()}, ord)),
    stored AS (${change})
    SELECT CASE
      WHEN stored.token IS NOT NULL THEN 'done'
      WHEN w.id IS NULL THEN 'gone'
      WHEN w.last_token = l.token AND w.last_result = '${result}' THEN 'done'
      ELSE 'lost' END AS outcome
    FROM l
    LEFT JOIN stored ON stored.token = l.token
    LEFT JOIN LATERAL (
      SELECT id, last_token, last_result FROM ${s}.jobs w
      WHERE stored.token IS NULL AND w.call = l.call AND w.id = l.id LIMIT 1) w ON true
    ORDER BY l.ord`;
}

export const finishSql = (s: string): string =>
  resultSql(s, 'finish', [], `DELETE FROM ${s}.jobs w USING l WHERE ${JOIN} RETURNING w.token`);

export const releaseSql = (s: string): string =>
  resultSql(
    s,
    'release',
    [['pause', 'bigint']],
    `UPDATE ${s}.jobs w SET ${RESULT}, last_result = 'release', run_at = n.now + l.pause FROM l, n WHERE ${JOIN} RETURNING l.token`,
  );

export const failSql = (s: string): string =>
  resultSql(
    s,
    'fail',
    [
      ['pause', 'bigint'],
      ['error', 'text'],
      ['error_group', 'text'],
      ['handler', 'text'],
      ['done', 'text'],
    ],
    `UPDATE ${s}.jobs w
    SET ${RESULT}, last_result = 'fail', failures = w.failures + 1, suspect = false, error = l.error, handler = l.handler, done_handlers = l.done,
      run_at = coalesce(n.now + l.pause, w.run_at), dead_at = CASE WHEN l.pause IS NULL THEN n.now END, error_group = l.error_group
    FROM l, n WHERE ${JOIN} RETURNING l.token`,
  );

/** The last renewal counts, even if the lease has ended, unless another worker took the job. */
export const renewSql = (s: string): string => `
  UPDATE ${s}.jobs w SET due_at = ${nowSql(4)} + l.ms + coalesce(w.begun_ms, 0)
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $5::bigint[]) AS l(call, id, token, ms) WHERE ${JOIN} RETURNING l.token`;

/**
 * Handlers begin: if this take ends without a result, the job is due after the pause. The index of taken jobs, which is of no use here, cannot
 * be chosen for `coalesce(due_at, 0)`.
 */
export const beginSql = (s: string): string => `
  WITH n AS MATERIALIZED (SELECT ${nowSql(4)} AS now)
  UPDATE ${s}.jobs w SET begun_ms = l.pause, due_at = w.due_at - coalesce(w.begun_ms, 0) + l.pause
  FROM n, unnest($1::bigint[], $2::bigint[], $3::text[], $5::bigint[]) AS l(call, id, token, pause)
  WHERE ${JOIN} AND coalesce(w.due_at, 0) - coalesce(w.begun_ms, 0) > n.now RETURNING l.token`;

/** A result, on its way. */
interface Report {
  readonly lease: Lease;
}

type Reports<Arg extends Report> = Operation<Arg, Outcome>;

/** An operation that stores results. `values` are those after the lease. */
function reporting<Arg extends Report>(
  s: string,
  result: Result,
  endings: Endings,
  sql: string,
  values: (args: readonly Arg[]) => readonly unknown[][],
): Reports<Arg> {
  const scheduling = scheduleSql(s);
  return {
    lock({ lease }, { calls }) {
      const [call] = placeOf(lease.token);
      if (call !== null) calls.push(call);
    },
    run(transaction, args) {
      const keys = columnsOfLeases(args.map(({ lease }) => lease));
      const rows = transaction.send(sql, [...keys, ...values(args), transaction.now]);
      schedule(transaction, scheduling, keys[0]);
      const outcomeOf = (outcome: Outcome, at: number) =>
        endings.outcomeOf((args[at] as Arg).lease.token, result, outcome);
      return { results: rows.then((found) => found.map((row, at) => outcomeOf(row['outcome'], at))) };
    },
  };
}

/** The operations on leases. */
export interface LeaseOperations {
  readonly finish: Reports<Report>;
  readonly fail: Reports<Report & { readonly failure: Failure }>;
  readonly release: Reports<Report & { readonly retryInMs: number }>;
  readonly begin: Operation<{ readonly lease: Lease; readonly retryInMs: number }, Outcome>;
  readonly renew: Operation<{ readonly lease: Lease; readonly leaseMs: number }, boolean>;
}

export function leaseOperations(s: string, endings: Endings): LeaseOperations {
  const [begin, renew] = [beginSql(s), renewSql(s)];
  return {
    finish: reporting(s, 'finish', endings, finishSql(s), () => []),
    release: reporting(s, 'release', endings, releaseSql(s), (args) => [
      args.map(({ retryInMs }) => spanOf(retryInMs)),
    ]),
    fail: reporting(s, 'fail', endings, failSql(s), (args) => {
      const failures = args.map(({ failure }) => failure);
      return [
        failures.map(({ retryInMs }) => (retryInMs === undefined ? null : spanOf(retryInMs))),
        failures.map(({ error }) => storedText(error, LONGEST_ERROR)),
        failures.map(({ error, retryInMs }) => (retryInMs === undefined ? errorGroupOf(error) : null)),
        failures.map(({ handler, retryInMs }) =>
          retryInMs === undefined ? storedText(handler, LONGEST_HANDLER) : null,
        ),
        failures.map(({ doneHandlers }) => JSON.stringify(doneHandlers)),
      ];
    }),
    begin: {
      run(transaction, args) {
        const keys = columnsOfLeases(args.map(({ lease }) => lease));
        const rows = transaction.send(begin, [
          ...keys,
          transaction.now,
          args.map(({ retryInMs }) => spanOf(retryInMs)),
        ]);
        return { results: rows.then((found) => heldBy(args, found).map((isHeld) => (isHeld ? 'done' : 'lost'))) };
      },
    },
    renew: {
      run(transaction, args) {
        const keys = columnsOfLeases(args.map(({ lease }) => lease));
        const rows = transaction.send(renew, [...keys, transaction.now, args.map(({ leaseMs }) => Math.ceil(leaseMs))]);
        return { results: rows.then((found) => heldBy(args, found)) };
      },
    },
  };
}

function heldBy(args: readonly Report[], rows: readonly { readonly [name: string]: unknown }[]): boolean[] {
  const held = new Set(rows.map(({ token }) => token));
  return args.map(({ lease }) => held.has(lease.token));
}

type LeaseColumns = [calls: (number | null)[], rows: (number | null)[], tokens: string[]];

export function columnsOfLeases(leases: readonly Lease[]): LeaseColumns {
  const places = leases.map(({ token }) => placeOf(token));
  // PostgreSQL accepts no NUL. The inbox issued no such token.
  const tokens = leases.map(({ token }) => token.replaceAll('\0', '\ufffd'));
  return [places.map(([call]) => call), places.map(([, row]) => row), tokens];
}

/** The row in `jobs` that a lease belongs to; `null` for a token that no inbox issued. */
export function placeOf(token: string): [call: number | null, row: number | null] {
  const [, call, row] = /^(\d{1,15})\.(\d{1,15})\./.exec(token) ?? [];
  return call === undefined ? [null, null] : [Number(call), Number(row)];
}

function spanOf(ms: number): number {
  return ms > 0 ? Math.min(Math.ceil(ms), LONGEST_MS) : 0;
}

import type { ContractTest } from '../contract-test.ts';
import { AT_ONCE, AT_ONCE_AT_TWO, TWO_CLOCKS } from './at-once.ts';
import type { Tests } from './bench.ts';
import { Bench } from './bench.ts';
import { CALLS } from './calls.ts';
import { DEAD_LETTERS } from './dead-letters.ts';
import { ENDING } from './ending.ts';
import { GIVING_OUT } from './giving-out.ts';
import { HEALTH } from './health.ts';
import type { MakeInbox } from './inbox-under-test.ts';
import { LIMITS } from './limits.ts';
import { ORDER } from './order.ts';
import { QUERIES } from './queries.ts';
import { RECORDING } from './recording.ts';
import { RESTART } from './restart.ts';
import { RESULTS } from './results.ts';
import { DURABLE_RETENTION, RETENTION, RETENTION_OF_MANY } from './retention.ts';
import { SHARING } from './sharing.ts';
import { SUSPECTS } from './suspects.ts';
import { TEXTS } from './texts.ts';

/** The guarantees of the interface, by subject. */
const EVERY_INBOX: Readonly<Record<string, Tests>> = {
  recording: RECORDING,
  'events at once': AT_ONCE,
  'handing out jobs': GIVING_OUT,
  'the order of a call': ORDER,
  limits: LIMITS,
  suspects: SUSPECTS,
  results: RESULTS,
  'dead letters': DEAD_LETTERS,
  'looking at calls': CALLS,
  'a query': QUERIES,
  'ending and erasing calls': ENDING,
  health: HEALTH,
  texts: TEXTS,
};
const DURABLE_INBOX: Readonly<Record<string, Tests>> = { 'a restart': RESTART };
const RETAINING_INBOX: Readonly<Record<string, Tests>> = { retention: RETENTION };
const SHARED_INBOX: Readonly<Record<string, Tests>> = {
  'two at one store': SHARING,
  'two at once': AT_ONCE_AT_TWO,
  'two clocks': TWO_CLOCKS,
};

/**
 * The tests that an inbox must pass, including those for restarts if it has `reopen`, for sharing if it has `second`, and for retention if
 * it has `retention`.
 *
 * @param makeInbox makes an empty inbox for each test
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { memoryInbox } from '@call-status/core';
 * import { inboxContract } from '@call-status/testing';
 *
 * const tests = await inboxContract(({ clock }) => {
 *   const inbox = memoryInbox({ clock }); // your inbox here; it must use `clock`
 *   return { inbox, cleanup: () => inbox.close() };
 * });
 * for (const { name, run } of tests) test(name, run);
 * ```
 */
export async function inboxContract(makeInbox: MakeInbox): Promise<readonly ContractTest[]> {
  const probe = await makeInbox({ clock: Date.now, advance: () => {} });
  await probe.cleanup();
  const isShared = probe.second !== undefined;
  const isDurable = probe.reopen !== undefined;
  const isRetaining = probe.retention !== undefined;
  const subjects = {
    ...EVERY_INBOX,
    ...(isRetaining && RETAINING_INBOX),
    ...(isDurable && DURABLE_INBOX),
    ...(isShared && SHARED_INBOX),
    ...(isRetaining && isShared && { 'retention of many': RETENTION_OF_MANY }),
    ...(isRetaining && isDurable && { 'retention in a store': DURABLE_RETENTION }),
  };
  return Object.entries(subjects).flatMap(([subject, tests]) =>
    Object.entries(tests).map(([name, test]) => ({
      subject,
      name: `${subject}: ${name}`,
      run: () => runTest(makeInbox, test),
    })),
  );
}

async function runTest(makeInbox: MakeInbox, test: Tests[string]): Promise<void> {
  const bench = await Bench.make(makeInbox);
  try {
    await test(bench);
  } finally {
    await bench.cleanup();
  }
}

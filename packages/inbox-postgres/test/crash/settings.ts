/** What hosts and their clients agree on. */

/** How often each kind of host is there. */
export const HOSTS_OF_A_KIND = 3;
/** How many calls a worker handles at once. */
export const CONCURRENCY = 8;
/** A frozen server does not answer for longer than this. */
export const QUERY_TIMEOUT_MS = 1500;
/** How long the events of a host that was killed wait. Longer than two statements that time out, or leases end without a kill. */
export const LEASE_MS = 5000;
/** The part of all attempts that fails. */
export const FAILING = 0.2;
/** The part of all callbacks that is sent twice. */
export const SENT_TWICE = 0.1;

export const PUBLIC_URL = 'https://hooks.example.com';
export const SIGNING_KEY = 'PSK_crash_test';

/** Where handlers write an effect of each event of these statuses, in the transaction of the event. */
export const EFFECTS = 'effects';
export const WITH_EFFECT: readonly string[] = ['ringing', 'completed'];

/** What is reported of a call, in order. */
export const COURSE = ['queued', 'initiated', 'ringing', 'in-progress', 'completed'] as const;

import { call } from './call.ts';
import { calls } from './calls.ts';
import { discardDead, forgetCall, replayCall, replayDead } from './change-dead.ts';
import { dead } from './dead.ts';
import { events, stream } from './events.ts';
import { health } from './health.ts';
import { meta } from './meta.ts';
import { reconcileCall } from './reconcile.ts';
import { refusal } from './refusal.ts';
import { refused } from './refused.ts';
import type { Route } from './route.ts';
import { stats } from './stats.ts';

/** What the page reads, by path. */
export const READS: ReadonlyMap<string, Route> = new Map([
  ['meta', meta],
  ['calls', calls],
  ['call', call],
  ['refused', refused],
  ['refusal', refusal],
  ['dead', dead],
  ['health', health],
  ['stats', stats],
  ['events', events],
  ['stream', stream],
]);

/** What the page changes, by path. */
export const WRITES: ReadonlyMap<string, Route> = new Map([
  ['dead/replay', replayDead],
  ['dead/discard', discardDead],
  ['call/replay', replayCall],
  ['call/reconcile', reconcileCall],
  ['call/forget', forgetCall],
]);

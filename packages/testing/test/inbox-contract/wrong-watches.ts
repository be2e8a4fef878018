import type { Inbox } from '@call-status/core';
import type { NewWatch, Watches, WatchKey } from '@call-status/core/inbox';
import type { MakeInbox } from '../../src/index.ts';
import { makeWrong, type WrongInbox } from './wrong-inbox.ts';

/** Inboxes that share watches, and are wrong about them in the same way. */
function wrongly(spoil: (right: Watches, inbox: Required<Inbox>) => Partial<Watches>): MakeInbox {
  return makeWrong((right) => {
    const { watches } = right;
    const wrong = spoil(watches, right);
    return {
      watches: new Proxy(watches, {
        get(target, name: keyof Watches) {
          const value = wrong[name] ?? target[name];
          return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
        },
      }),
    };
  });
}

/** A watch as it is now, in place of the one that was read. */
async function latest(right: Watches, key: WatchKey): Promise<WatchKey> {
  return (await right.get(key)) ?? key;
}

async function remove(right: Watches, watch: NewWatch): Promise<void> {
  const known = await right.get(watch);
  if (known !== undefined) await right.remove(known);
}

export const WRONG_ABOUT_WATCHES: readonly WrongInbox[] = [
  [
    'makes everyone the leader who asks',
    'leading',
    wrongly((right) => ({
      async lead(owner, leaseMs) {
        await right.lead(owner, leaseMs);
        return leaseMs > 0;
      },
    })),
  ],
  [
    'has the same leader forever',
    'leading',
    wrongly((right) => ({ lead: (owner, leaseMs) => right.lead(owner, leaseMs === 0 ? 0 : leaseMs * 1000) })),
  ],
  [
    'lets anyone end the time of the leader',
    'leading',
    wrongly((right) => {
      let leader = '';
      return {
        async lead(owner, leaseMs) {
          if (leaseMs === 0) await right.lead(leader, 0);
          const leads = await right.lead(owner, leaseMs);
          if (leads) leader = owner;
          return leads;
        },
      };
    }),
  ],
  [
    'has a leader for each host',
    'watches of two',
    wrongly(() => {
      let leader = { owner: '', until: 0 };
      return {
        async lead(owner, leaseMs) {
          if (leader.owner !== owner && leader.until > 0) return false;
          leader = { owner, until: leaseMs };
          return leaseMs > 0;
        },
      };
    }),
  ],
  [
    'changes a watch that has changed since it was read',
    'watching',
    wrongly((right) => ({ update: async (key, update) => right.update(await latest(right, key), update) })),
  ],
  [
    'removes a watch that has changed since it was read',
    'watching',
    wrongly((right) => ({ remove: async (key) => right.remove(await latest(right, key)) })),
  ],
  [
    'lets two change a watch at once',
    'watches of two',
    wrongly((right) => ({
      async update(key, update) {
        if ((await right.get(key))?.revision !== key.revision) return false;
        return (await right.update(key, update)) || right.update(await latest(right, key), update);
      },
    })),
  ],
  [
    'begins anew with a call that is watched already',
    'watching',
    wrongly((right) => ({
      async add(watches) {
        for (const watch of watches) await remove(right, watch);
        return right.add(watches);
      },
    })),
  ],
  [
    'counts what it was given, and not what it added',
    'watching',
    wrongly((right) => ({
      async add(watches) {
        await right.add(watches);
        return watches.length;
      },
    })),
  ],
  [
    'takes the same call of another tenant for the same',
    'watching',
    wrongly((right) => ({ add: (watches) => right.add(watches.map(({ tenant: _, ...watch }) => watch)) })),
  ],
  [
    'gives the newest first of those that are due',
    'many watches',
    wrongly((right) => ({
      async due(request) {
        const due = await right.due(request);
        return { ...due, rows: [...due.rows].reverse() };
      },
    })),
  ],
  [
    'gives all that are due, whatever the limit',
    'watching',
    wrongly((right) => ({ due: () => right.due({ limit: 100_000 }) })),
  ],
  [
    'waits for the first, although others are due',
    'watching',
    wrongly((right) => ({
      async due(request) {
        const { rows, nextInMs } = await right.due(request);
        return { rows, ...(nextInMs !== undefined && nextInMs > 0 && { nextInMs }) };
      },
    })),
  ],
  [
    'lists an expected call that has begun',
    'watched calls',
    wrongly((right) => ({
      async list(query = {}) {
        if (query.state !== 'expected') return right.list(query);
        const { state: _, ...others } = query;
        const { rows, ...next } = await right.list(others);
        return { ...next, rows: rows.filter(({ expected }) => expected !== undefined) };
      },
    })),
  ],
  [
    'lists a stuck call that has ended',
    'watched calls',
    wrongly((right) => ({
      async list(query = {}) {
        if (query.state !== 'stuck') return right.list(query);
        const { state: _, ...others } = query;
        const { rows, ...next } = await right.list(others);
        return { ...next, rows: rows.filter(({ progress: { told } }) => told.includes('stuck')) };
      },
    })),
  ],
  [
    'does not see the first event of an expected call',
    'watched calls',
    wrongly((right) => ({
      async get(call) {
        const watch = await right.get(call);
        if (watch?.expected === undefined) return watch;
        const { call: _, ...rest } = watch;
        return rest;
      },
    })),
  ],
  [
    'counts for health the calls that are well',
    'watched calls',
    makeWrong((right) => ({
      async health() {
        const health = await right.health();
        const { rows } = await right.watches.list({ limit: 1000 });
        const told = rows.filter(({ progress }) => progress.told.includes('stuck'));
        return { ...health, watches: { ...health.watches, stuck: told.length } };
      },
    })),
  ],
  [
    'keeps the watch of a call that is erased',
    'watched calls',
    makeWrong((right) => ({
      async forgetCall(provider, callId, tenant) {
        const call = { provider, callId, ...(tenant !== undefined && { tenant }) };
        const watch = await right.watches.get(call);
        const isForgotten = await right.forgetCall(provider, callId, tenant);
        if (watch !== undefined) await right.watches.add([{ ...watch, dueInMs: 0 }]);
        return isForgotten;
      },
    })),
  ],
  [
    'keeps the watches of calls that are gone',
    'watches and retention',
    wrongly((right) => {
      const added = new Map<string, NewWatch>();
      return {
        async add(watches) {
          for (const watch of watches) added.set(JSON.stringify([watch.tenant, watch.callId]), watch);
          const count = await right.add(watches);
          await right.add([...added.values()]);
          return count;
        },
      };
    }),
  ],
  [
    'waits by the clock of the host',
    'the clock of the store',
    makeWrong((right, { clock, storeClock }) => ({
      watches: Object.assign(Object.create(right.watches), {
        add: (watches: readonly NewWatch[]) =>
          right.watches.add(watches.map((watch) => ({ ...watch, dueInMs: watch.dueInMs + clock() - storeClock() }))),
        get: (call: NewWatch) => right.watches.get(call),
        due: (request: { readonly limit: number }) => right.watches.due(request),
        remove: (key: WatchKey) => right.watches.remove(key),
        lead: (owner: string, leaseMs: number) => right.watches.lead(owner, leaseMs),
      }),
    })),
  ],
];

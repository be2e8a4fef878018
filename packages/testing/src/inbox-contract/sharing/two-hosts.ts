import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { Job, NewEvent } from '@call-status/core/inbox';
import { Random } from '../../random.ts';
import { sleep } from '../../real-time.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { expectedTransitions } from '../bench/expected-transitions.ts';
import { readFeed } from '../bench/read-feed.ts';

/** Calls at a time, and how many events come before others begin. */
const CALLS = 20;
const EVENTS = 60;
const RECORDERS = 12;
const EACH = 25;
const STATUSES = ['queued', 'initiated', 'ringing', 'in-progress', 'completed', 'busy', 'unknown'] as const;

/** Two hosts that record and handle the events of the same calls, and what happens meanwhile. */
class TwoHosts {
  readonly #hosts: readonly [Inbox, Inbox];
  readonly #t: Bench;
  readonly #random = new Random(3);
  readonly #running = new Set<string>();
  readonly handled = new Map<string, string[]>();
  #isRecording = true;
  #count = 0;

  constructor(t: Bench, hosts: readonly [Inbox, Inbox]) {
    this.#t = t;
    this.#hosts = hosts;
  }

  async run(): Promise<void> {
    const recording = Array.from({ length: RECORDERS }, (_, at) => this.#record(at % 2));
    const isRecorded = Promise.all(recording).finally(() => {
      this.#isRecording = false;
    });
    await Promise.all([isRecorded, ...this.#hosts.map((host) => this.#work(host))]);
  }

  async #record(at: number): Promise<void> {
    for (let turn = 0; turn < EACH; turn++) {
      const event = this.#event();
      // One in five comes to both.
      const hosts = this.#random.happens(0.2) ? [...this.#hosts] : [this.#hosts[at] as Inbox];
      const recorded = await Promise.all(hosts.map((host) => host.record(event)));
      const duplicates = recorded.filter(({ transition }) => transition === 'duplicate');
      assert.equal(duplicates.length, hosts.length - 1);
    }
  }

  async #work(host: Inbox): Promise<void> {
    for (;;) {
      const wasRecording = this.#isRecording;
      const { jobs, more } = await this.#t.take(8, host);
      await Promise.all(jobs.map((job) => this.#handle(host, job)));
      if (jobs.length > 0) continue;
      // An inbox may pass over what another one is taking.
      if (!wasRecording && !more && (await host.counts()).waiting === 0) return;
      await sleep(2);
    }
  }

  async #handle(host: Inbox, { event, lease }: Job): Promise<void> {
    const { callId, id } = event;
    assert.ok(!this.#running.has(callId), `Two jobs of ${callId} run at a time.`);
    this.#running.add(callId);
    this.handled.set(callId, [...(this.handled.get(callId) ?? []), id]);
    await sleep(this.#random.below(3));
    this.#running.delete(callId);
    assert.equal(await host.finish(lease), 'done');
  }

  #event(): NewEvent {
    // After some events most calls have ended, and the order no longer matters: then others begin.
    const generation = Math.floor(this.#count / EVENTS);
    const callId = `c${generation}-${this.#random.below(CALLS)}`;
    const id = `${callId}/${this.#count++}`;
    return this.#t.event(callId, this.#random.pick(STATUSES), { id });
  }
}

export const TWO_HOSTS: Tests = {
  'judges and handles the events of a call in the order of the feed, though both record and handle them': async (t) => {
    const hosts = new TwoHosts(t, [t.inbox, await t.second()]);
    await hosts.run();
    const { rows } = await readFeed(t.inbox, { limit: 1000 });
    assert.equal(rows.length, RECORDERS * EACH);
    const handled = [...hosts.handled.values()].flat();
    assert.equal(handled.length, rows.length);
    for (const callId of hosts.handled.keys()) {
      const events = rows.map(({ event }) => event).filter((event) => event.callId === callId);
      const transitions = events.map(({ transition }) => transition);
      assert.deepEqual(transitions, expectedTransitions(events.map(({ status }) => status)));
      assert.deepEqual(
        hosts.handled.get(callId),
        events.map(({ id }) => id),
      );
    }
  },
};

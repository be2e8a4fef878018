import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import type { Clock, Job, JobTransaction, NewEvent, Taken, TakeRequest } from '@call-status/core/inbox';
import type { Tests as ContractTests } from '../../contract-test.ts';
import { type ManualClock, manualClock } from '../../manual-clock.ts';
import type { InboxUnderTest, MakeInbox } from '../inbox-under-test.ts';
import { acmeEvent } from './acme-event.ts';

/** How long the leases of these tests last. */
export const LEASE_MS = 10_000;

/** The tools of a test: its own inbox, the time, and common operations. */
export class Bench {
  readonly clock: ManualClock;
  /** The inbox, or after `reopen` the reopened one. */
  inbox: Inbox;
  readonly #subject: InboxUnderTest;
  readonly #makeInbox: MakeInbox;
  readonly #others: InboxUnderTest[] = [];

  private constructor(clock: ManualClock, subject: InboxUnderTest, makeInbox: MakeInbox) {
    this.clock = clock;
    this.#makeInbox = makeInbox;
    this.#subject = subject;
    this.inbox = subject.inbox;
  }

  static async make(makeInbox: MakeInbox): Promise<Bench> {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    return new Bench(clock, await makeInbox({ clock: clock.now, advance: clock.advance }), makeInbox);
  }

  async reopen(): Promise<void> {
    this.inbox = await (this.#subject as Required<InboxUnderTest>).reopen();
  }

  /** An inbox with a store of its own. */
  async another(): Promise<Inbox> {
    const { now, advance } = this.clock;
    const subject = await this.#makeInbox({ clock: now, advance });
    this.#others.push(subject);
    return subject.inbox;
  }

  second(options?: { readonly clock?: Clock }): Promise<Inbox> {
    return (this.#subject as Required<InboxUnderTest>).second(options);
  }

  /** The table of an inbox with transactions. */
  get table(): NonNullable<InboxUnderTest['table']> {
    return this.#subject.table as NonNullable<InboxUnderTest['table']>;
  }

  /** A new transaction of an inbox that has them. */
  transaction(): JobTransaction {
    return (this.inbox as Required<Inbox>).transaction();
  }

  get retention(): NonNullable<InboxUnderTest['retention']> {
    return this.#subject.retention as NonNullable<InboxUnderTest['retention']>;
  }

  async cleanup(): Promise<void> {
    for (const subject of [this.#subject, ...this.#others]) await subject.cleanup();
  }

  event(callId: string, status: CallStatus, more?: Parameters<typeof acmeEvent>[3]): NewEvent {
    return acmeEvent(this.clock.now, callId, status, more);
  }

  async record(callId: string, ...statuses: readonly CallStatus[]): Promise<void> {
    for (const status of statuses) await this.inbox.record(this.event(callId, status));
  }

  take(limit = 100, from: Inbox = this.inbox, more: Partial<TakeRequest> = {}): Promise<Taken> {
    return from.take({ limit, leaseMs: LEASE_MS, owner: 'contract', ...more });
  }

  async takeOne(from: Inbox = this.inbox): Promise<Job> {
    const { jobs } = await this.take(1, from);
    assert.equal(jobs.length, 1);
    return jobs[0] as Job;
  }

  async takeSuspect(from: Inbox = this.inbox): Promise<Job> {
    const { jobs } = await this.take(100, from, { suspect: true });
    assert.equal(jobs.length, 1);
    return jobs[0] as Job;
  }

  async finishOne(): Promise<Job> {
    const job = await this.takeOne();
    assert.equal(await this.inbox.finish(job.lease), 'done');
    return job;
  }

  async finishAll(): Promise<void> {
    for (const { lease } of (await this.take()).jobs) await this.inbox.finish(lease);
  }

  async moveToDeadLetters(error = 'boom', from: Inbox = this.inbox): Promise<Job> {
    const job = await this.takeOne(from);
    assert.equal(await from.fail(job.lease, { error, doneHandlers: [] }), 'done');
    return job;
  }

  async expectIdle(from: Inbox = this.inbox): Promise<Taken> {
    const taken = await this.take(100, from);
    assert.deepEqual(taken.jobs, []);
    return taken;
  }
}

/** Tests of one subject, by what they show. Each has an inbox of its own. */
export type Tests = ContractTests<Bench>;

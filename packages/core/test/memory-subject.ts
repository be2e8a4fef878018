import { type CallStatus, isTerminal } from '../src/event.ts';
import type { Inbox, Job, NewEvent } from '../src/inbox/inbox.ts';
import { type MemoryInboxOptions, memoryInbox } from '../src/inbox/memory-inbox.ts';

/** A small inbox, and a clock that moves a millisecond with each event. */
export class MemorySubject {
  time = Date.UTC(2026, 0, 1);
  readonly inbox: Inbox;

  constructor(options: MemoryInboxOptions) {
    this.inbox = memoryInbox({ clock: () => this.time, ...options });
  }

  event(callId: string, status: CallStatus, id = `${callId}:${status}`): NewEvent {
    return {
      provider: 'acme',
      id,
      callId,
      status,
      rawStatus: status,
      terminal: isTerminal(status),
      receivedAt: new Date(this.time).toISOString(),
      source: 'callback',
      trust: 'none',
      raw: { status },
    };
  }

  async record(callId: string, status: CallStatus, id?: string): Promise<string> {
    this.time++;
    return (await this.inbox.record(this.event(callId, status, id))).transition;
  }

  async takeAll(): Promise<readonly Job[]> {
    return (await this.inbox.take({ limit: 1000, leaseMs: 1000, owner: 'test' })).jobs;
  }

  async finishAll(): Promise<void> {
    for (let jobs = await this.takeAll(); jobs.length > 0; jobs = await this.takeAll()) {
      for (const { lease } of jobs) await this.inbox.finish(lease);
    }
  }

  async moveAllToDeadLetters(): Promise<void> {
    for (const { lease } of await this.takeAll()) await this.inbox.fail(lease, { error: 'boom', doneHandlers: [] });
  }

  /** Records an event and handles it. */
  async handle(callId: string, status: CallStatus, id?: string): Promise<string> {
    const transition = await this.record(callId, status, id);
    await this.finishAll();
    return transition;
  }

  /** The calls that are known, oldest first. */
  async callIds(): Promise<string> {
    const { rows } = await this.inbox.listCalls({ limit: 1000 });
    return rows
      .map(({ callId }) => callId)
      .reverse()
      .join(' ');
  }
}

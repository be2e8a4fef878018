import type { Inbox } from '@call-status/core';
import type { Job } from '@call-status/core/inbox';
import { onTestFinished } from 'vitest';
import { type PostgresInboxOptions, postgresInbox } from '../../src/index.ts';

/** An inbox of a service, which is closed after the test. */
export async function openInbox(options: PostgresInboxOptions): Promise<Inbox> {
  const inbox = postgresInbox({ listen: false, ...options });
  onTestFinished(() => inbox.close());
  await inbox.ready?.({ create: true });
  return inbox;
}

/** Takes what is due. */
export async function take(inbox: Inbox, leaseMs = 60_000): Promise<readonly Job[]> {
  return (await inbox.take({ limit: 100, leaseMs, owner: 'test' })).jobs;
}

/** Takes the only job that is due. */
export async function takeOne(inbox: Inbox): Promise<Job> {
  const [job, ...others] = await take(inbox);
  if (job === undefined || others.length > 0) throw new Error('Expected one job.');
  return job;
}

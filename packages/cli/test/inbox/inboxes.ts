// Inboxes of a service, in a file and in a database, with calls in every state that commands show.
import { type CallStatus, type Inbox, isTerminal } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { onTestFinished } from 'vitest';
import { queryAt } from '../../../inbox-postgres/test/servers/postgres.ts';
import { freshSchema, sharedServer } from '../../../inbox-postgres/test/servers/test-server.ts';
import { temporaryFolder } from '../servers.ts';

const url = await sharedServer();

/** The inbox of a service that runs in this process, and the arguments that name it. */
export interface Opened {
  readonly inbox: Inbox;
  readonly args: readonly string[];
}

/** How a service opens its inbox, by the kind of the inbox. */
export const INBOXES: readonly (readonly [name: string, open: (retentionMs?: number) => Promise<Opened>])[] = [
  [
    'a file',
    async (retentionMs) => {
      const path = `${temporaryFolder()}/calls.db`;
      return { inbox: await opened(sqliteInbox({ path, ...(retentionMs && { retentionMs }) })), args: [path] };
    },
  ],
  ...(url === undefined
    ? []
    : [
        [
          'a database',
          async (retentionMs?: number) => {
            const schema = freshSchema(url);
            const inbox = postgresInbox({ url, schema, ...(retentionMs && { retentionMs }) });
            return { inbox: await opened(inbox), args: [url, '--schema', schema] };
          },
        ] as const,
      ]),
];

async function opened(inbox: Inbox): Promise<Inbox> {
  await inbox.ready?.({ create: true });
  onTestFinished(() => inbox.close());
  return inbox;
}

/** Runs a statement in the schema of an inbox. */
export function queryIn([place = '', , schema = '']: readonly string[], text: string): Promise<readonly object[]> {
  return queryAt(place, text.replaceAll('$schema', schema));
}

/** The id of the call with the most to show; another call has nearly the same. */
export const CALL = '8b77c41c-0000-4000-8000-000000000001';
export const PARENT = '8b77c41c-0000-4000-8000-000000000002';

export function anEvent(callId: string, status: CallStatus, more: Partial<NewEvent> = {}): NewEvent {
  return {
    provider: 'signalwire',
    id: `signalwire:${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'signed',
    from: '+15550104567',
    to: '+15550109922',
    direction: 'outbound',
    raw: { CallSid: callId, From: '+15550104567' },
    ...more,
  };
}

/** The error of the dead letters. */
const ERROR = 'connect ECONNREFUSED 127.0.0.1:5432, customer +15550104567';

/** Records calls, and handles them: three calls, two dead letters, a conflict, a refusal, an expected call. */
export async function fill(inbox: Inbox): Promise<void> {
  await inbox.record(anEvent(PARENT, 'in-progress'));
  await inbox.record(anEvent(CALL, 'ringing', { callerName: 'Ev\u001b[2Jil\u202e 日本語' }));
  const sip = { code: 200, phrase: 'OK' };
  const details = { durationSeconds: 32, answered: true, sip, quality: { mos: 4.2 }, parentCallId: PARENT };
  await inbox.record(anEvent(CALL, 'completed', details));
  await inbox.record(anEvent(CALL, 'busy'));
  const failed = { provider: 'exotel', id: 'exotel:ab12cd34', answered: false, error: { code: '31005' } };
  await inbox.record(anEvent('ab12cd34', 'failed', failed));
  await handle(inbox, ({ status }) => (status === 'failed' || status === 'completed' ? ERROR : undefined));
  const at = new Date().toISOString();
  const refusal = {
    provider: 'signalwire',
    code: 'signature_mismatch',
    httpStatus: 403,
    hint: 'Set publicUrl.',
  } as const;
  const limits = { rows: 500, bytes: 8_000_000, uncounted: 0 };
  await inbox.refusals.keep(
    [{ ...refusal, url: '/webhooks', headerNames: [], count: 3, firstAt: at, lastAt: at }],
    limits,
  );
  await inbox.watches.add([{ provider: 'signalwire', callId: 'expected-1', dueInMs: 600_000, expected: {} }]);
}

/** Handles all jobs: those with an error become dead letters. */
export async function handle(inbox: Inbox, errorOf: (event: NewEvent) => string | undefined): Promise<string[]> {
  const handled: string[] = [];
  for (;;) {
    const { jobs } = await inbox.take({ limit: 200, leaseMs: 60_000, owner: 'test' });
    if (jobs.length === 0) return handled;
    await Promise.all(
      jobs.map(({ lease, event }) => {
        handled.push(event.id);
        const error = errorOf(event);
        return error === undefined
          ? inbox.finish(lease)
          : inbox.fail(lease, {
              error,
              doneHandlers: ['onStatus'],
              ...(event.status === 'failed' && { handler: 'onFailed' }),
            });
      }),
    );
  }
}

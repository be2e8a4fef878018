// "Ask the provider": the request becomes a note in the inbox, which the process that looks after calls obeys.
import { createCallStatus, exotel, type Inbox, memoryInbox } from '@call-status/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { apiServer } from '../../../core/test/api-server.ts';
import { ALL, INBOXES, type Subject, subject } from './board-under-test.ts';

const CALL = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const api = (url: string) => ({ sid: 'acme1', key: 'k', token: 't', region: 'in', url }) as const;

/** A live call of Exotel. */
async function ring(inbox: Inbox): Promise<void> {
  const about = { receivedAt: new Date().toISOString(), source: 'callback', trust: 'token' } as const;
  const event = { id: `exotel:${CALL}:1`, provider: 'exotel', callId: CALL, status: 'in-progress' } as const;
  await inbox.record({ ...event, ...about, rawStatus: 'in-progress', terminal: false, raw: {} });
}

async function keyIn({ get }: Subject): Promise<string> {
  return (await get('/api/calls')).body.rows[0].key;
}

it.each(INBOXES)('is done by a service that runs on the same inbox: %s', async (_, inboxOf) => {
  const inbox = inboxOf();
  const record = {
    Sid: CALL,
    Status: 'completed',
    Duration: '42',
    EndTime: '2026-03-02 12:00:00',
    Direction: 'inbound',
  };
  const { url, requests } = await apiServer(() => ({ json: { Calls: [record] } }));
  const ended: string[] = [];
  const service = createCallStatus({
    providers: [exotel({ token: 'secret', api: api(url) })],
    inbox,
    log: { warn() {}, error() {} },
    onEnded: ({ callId, source }) => void ended.push(`${callId} ${source}`),
  });
  onTestFinished(() => service.close());
  await ring(inbox);
  const made = subject({ inbox, isAlone: true, can: ALL });
  const key = await keyIn(made);
  const { status, body } = await made.post('/api/call/reconcile', { key });
  expect([status, body]).toEqual([200, { decision: 'requested' }]);
  expect(made.lines).toContainEqual(expect.objectContaining({ user: 'unknown', action: 'reconcile', count: 1 }));
  await vi.waitFor(() => expect(ended).toEqual([`${CALL} reconciled`]), { timeout: 60_000, interval: 50 });
  expect(requests.every(({ query, path }) => `${path}?${query.toString()}`.includes(CALL))).toBe(true);
  const { row, events } = (await made.get(`/api/call?key=${key}`)).body;
  expect([row.status, events.at(-1).source]).toEqual(['completed', 'reconciled']);
  expect((await made.post('/api/call/reconcile', { key })).body).toEqual({ decision: 'complete' });
});

it('says at once that its own receiver cannot ask', async () => {
  const made = subject({ can: ALL });
  await made.receive({ CallSid: 'CA1', CallStatus: 'ringing' });
  await ring(made.inbox);
  const decisions = new Map<string, unknown>();
  for (const { key, provider } of (await made.get('/api/calls')).body.rows) {
    decisions.set(provider, (await made.post('/api/call/reconcile', { key })).body.decision);
  }
  expect(Object.fromEntries(decisions)).toEqual({ mycpaas: 'no_api', exotel: 'no_credentials' });
  expect(made.lines).toContainEqual(expect.objectContaining({ action: 'reconcile', count: 0 }));
});

it('knows no call that is gone', async () => {
  const inbox = memoryInbox();
  await ring(inbox);
  const made = subject({ inbox, isAlone: true, can: ALL });
  const key = await keyIn(made);
  await inbox.forgetCall('exotel', CALL);
  expect((await made.post('/api/call/reconcile', { key })).status).toBe(404);
  expect((await made.post('/api/call/reconcile', {})).status).toBe(400);
});

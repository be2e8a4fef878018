import { createCallStatus, type Inbox, memoryInbox, mycpaas } from '@call-status/core';
import { callback, proofFor } from '@call-status/testing';
import { expect, it, onTestFinished } from 'vitest';
import { privacyOf } from '../../src/inbox/privacy.ts';
import { createOutput } from '../../src/output/output.ts';
import { findEvents } from '../../src/replay/find.ts';
import { anEvent } from '../inbox/inboxes.ts';
import { SECRET, temporaryInbox } from '../servers.ts';

const SILENT = { warn() {}, error() {} };

const find = (inbox: Inbox, what: string, wholeCall = false) =>
  findEvents(inbox, what, wholeCall, privacyOf(false), createOutput({ quiet: true }));

/** An inbox with the calls of mycpaas that have these ids, each with two events. */
async function inboxWith(callIds: readonly string[], tenant?: string): Promise<Inbox> {
  const inbox = memoryInbox();
  let time = Date.UTC(2026, 5, 25);
  const calls = createCallStatus({
    providers: [mycpaas({ token: tenant === undefined ? SECRET : () => ({ tenant, secrets: SECRET }) })],
    inbox,
    log: SILENT,
    worker: false,
    clock: () => time++,
  });
  for (const callId of callIds) {
    for (const name of ['completed', 'ringing']) {
      await calls.provider('mycpaas').receive(callback(mycpaas, name, { ...proofFor(mycpaas, SECRET), callId }));
    }
  }
  return inbox;
}

it.each([
  ['a plain call id', 'CA12345', undefined],
  ['a call id with a colon', 'v3:abc%', undefined],
  ['a call id with a phone number, which has a hash', '+15551234567', undefined],
  ['a tenant', 'CA12345', 'acme:7'],
  ['a call id that makes the event id long', `CA${'x'.repeat(250)}`, undefined],
])('finds an event by its id: %s', async (_, callId, tenant) => {
  const inbox = await inboxWith(['CA-other', callId], tenant);
  const { rows } = await inbox.events();
  const event = rows[2]?.event;
  expect(event?.callId).toBe(callId);
  expect(await find(inbox, String(event?.id))).toEqual([event]);
  expect(await find(inbox, String(event?.id), true)).toEqual([event, rows[3]?.event]);
});

it('finds an event with a hash in its id behind many of other providers', async () => {
  const { inbox } = temporaryInbox();
  onTestFinished(() => inbox.close());
  // More than a page of the feed examines.
  const others = Array.from({ length: 1200 }, (_, at) => anEvent(`other-${at}`, 'ringing'));
  await Promise.all(others.map((event) => inbox.record(event)));
  const id = `exotel:sha256-${'a'.repeat(43)}:completed`;
  await inbox.record(anEvent('+15551234567', 'completed', { provider: 'exotel', id }));
  expect(await find(inbox, id)).toMatchObject([{ id, provider: 'exotel' }]);
  await expect(find(inbox, `${id}-2`)).rejects.toThrow('There is no event or call');
});

it('finds the events of a call in the order of their arrival, by the first characters of its id', async () => {
  const inbox = await inboxWith(['CA123', 'CA1234', 'v3:abc']);
  const statuses = async (what: string) => (await find(inbox, what)).map(({ status }) => status);
  expect(await statuses('CA1234')).toEqual(['completed', 'ringing']);
  expect(await statuses('CA123')).toEqual(['completed', 'ringing']);
  expect(await statuses('v3:a')).toEqual(['completed', 'ringing']);
  await expect(statuses('CA1')).rejects.toThrow('2 calls begin with "CA1".');
  await expect(statuses('CB1')).rejects.toThrow('There is no event or call "CB1".');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { type Inbox, memoryInbox } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import { ALL, INBOXES, type Subject, subject } from './board-under-test.ts';

/** A board of an inbox with dead letters: of CA1 and CA2 with one error, of CA3 with another one. */
async function dying(inbox: Inbox, options: object = { can: ALL }): Promise<Subject & { readonly handled: string[] }> {
  let isFailing = true;
  const handled: string[] = [];
  const receiver = {
    retry: { attempts: 1 },
    onEnded: ({ callId }: { readonly callId: string }) => {
      if (isFailing) throw new Error(callId === 'CA3' ? 'no route to +15550100001' : `no contact ${callId.length}`);
      handled.push(callId);
    },
  };
  const made = subject({ inbox, receiver: receiver, ...options });
  for (const id of ['CA1', 'CA2', 'CA3']) {
    await made.receive({ CallSid: id, CallStatus: 'busy' });
    await expect.poll(async () => (await inbox.deadLetters.get(await eventOf(inbox, id))) !== undefined).toBe(true);
    await sleep(2);
  }
  isFailing = false;
  return { ...made, handled };
}

async function eventOf(inbox: Inbox, callId: string): Promise<string> {
  return (await inbox.getCall('mycpaas', callId))?.events[0]?.id ?? '';
}

describe.each(INBOXES)('dead letters of an inbox in %s', (_, makeInbox) => {
  it('are listed with their groups, and numbers in errors are masked', async () => {
    expect((await subject({ inbox: makeInbox() }).get('/api/dead')).body).toEqual({ groups: [], rows: [] });
    const { get } = await dying(makeInbox(), {});
    const { body } = await get('/api/dead');
    expect(body.rows).toMatchObject([
      { callId: 'CA3', status: 'busy', attempts: 1, handler: 'onEnded', error: 'Error: no route to +1555•••0001' },
      { callId: 'CA2', error: 'Error: no contact 3', callKey: expect.any(String) },
      { callId: 'CA1' },
    ]);
    expect(body.groups).toMatchObject([
      { provider: 'mycpaas', error: 'Error: no contact *', count: 2 },
      { error: 'Error: no route to +*', count: 1 },
    ]);
    const group = await get(`/api/dead?limit=1&provider=mycpaas&error=${encodeURIComponent('Error: no contact *')}`);
    expect(group.body.rows).toMatchObject([{ callId: 'CA2' }]);
    const next = await get(
      `/api/dead?limit=1&error=${encodeURIComponent('Error: no contact *')}&cursor=${group.body.next}`,
    );
    expect(next.body.rows).toMatchObject([{ callId: 'CA1' }]);
    expect((await get('/api/dead?since=x')).status).toBe(400);
  });

  it('are replayed, the oldest first, and that is logged', async () => {
    const { get, post, handled, lines } = await dying(makeInbox(), { can: ALL, auth: () => ({ name: 'alice' }) });
    const keys = (await get('/api/dead')).body.rows.map(({ key }: { key: string }) => key);
    const dry = await post('/api/dead/replay', { keys, dryRun: true });
    expect(dry.body).toEqual({ count: 3, oldestAt: expect.any(String), newestAt: expect.any(String) });
    expect(dry.body.oldestAt < dry.body.newestAt).toBe(true);
    expect(handled).toEqual([]);
    lines.length = 0;
    expect((await post('/api/dead/replay', { keys: [...keys, keys[0]] })).body).toEqual({ count: 3 });
    await expect.poll(() => handled.length).toBe(3);
    expect(lines).toEqual([{ user: 'alice', action: 'replay', count: 3, message: expect.any(String) }]);
    expect((await post('/api/dead/replay', { keys })).body).toEqual({ count: 0 });
  });

  it('of a group are replayed', async () => {
    const { post, handled } = await dying(makeInbox());
    const group = { provider: 'mycpaas', error: 'Error: no contact *' };
    expect((await post('/api/dead/replay', { ...group, dryRun: true })).body).toMatchObject({ count: 2 });
    expect((await post('/api/dead/replay', group)).body).toEqual({ count: 2 });
    await expect.poll(() => handled.toSorted()).toEqual(['CA1', 'CA2']);
    expect((await post('/api/dead/replay', { provider: 'exotel' })).body).toEqual({ count: 0 });
  });

  it('are discarded: some, or all that match', async () => {
    const { get, post, handled, lines } = await dying(makeInbox());
    const [{ key }] = (await get('/api/dead')).body.rows;
    expect((await post('/api/dead/discard', { keys: [key], dryRun: true })).body).toMatchObject({ count: 1 });
    expect((await post('/api/dead/discard', { keys: [key] })).body).toEqual({ count: 1 });
    expect((await post('/api/dead/discard', { dryRun: true })).body).toMatchObject({ count: 2 });
    expect((await post('/api/dead/discard', {})).body).toEqual({ count: 2 });
    expect((await get('/api/dead')).body.rows).toEqual([]);
    expect((await post('/api/dead/discard', { keys: [key] })).body).toEqual({ count: 0 });
    expect(handled).toEqual([]);
    expect(lines).toContainEqual({ user: 'unknown', action: 'discard', count: 2, message: expect.any(String) });
  });

  it('of a time are counted, replayed and discarded', async () => {
    const { get, post, handled } = await dying(makeInbox());
    const [, middle, oldest] = (await get('/api/dead')).body.rows;
    const until = { until: middle.deadAt };
    const since = { since: middle.deadAt };
    const shown = (await get(`/api/dead?until=${middle.deadAt}`)).body;
    expect([shown.rows, shown.groups]).toMatchObject([[{ key: oldest.key }], [{ count: 1 }]]);
    const times = { oldestAt: oldest.deadAt, newestAt: oldest.deadAt };
    expect((await post('/api/dead/replay', { ...until, dryRun: true })).body).toEqual({ count: 1, ...times });
    expect((await post('/api/dead/replay', until)).body).toEqual({ count: 1 });
    await expect.poll(() => handled).toEqual(['CA1']);
    expect((await post('/api/dead/discard', { ...since, ...until, dryRun: true })).body).toEqual({ count: 0 });
    expect((await post('/api/dead/discard', since)).body).toEqual({ count: 2 });
    expect((await get('/api/dead')).body.rows).toEqual([]);
    expect((await post('/api/dead/discard', { since: 'yesterday' })).status).toBe(400);
  });

  it('stay as they are if a field is misspelled', async () => {
    const { post } = await dying(makeInbox());
    const { status, body } = await post('/api/dead/discard', { key: ['x'] });
    expect(status).toBe(400);
    expect(body.message).toBe('`key` is no field. There are: keys, provider, error, since, until, dryRun.');
    expect((await post('/api/dead/discard', { dryRun: true })).body).toMatchObject({ count: 3 });
  });

  it('are all counted, also with more errors than there are groups', async () => {
    const inbox = makeInbox();
    const receiver = {
      retry: { attempts: 1 },
      onEnded({ callId }: { readonly callId: string }) {
        throw new Error(callId.slice(2));
      },
    };
    const { post, receive } = subject({ inbox, receiver, can: ALL });
    const letters = 'ghijklmnopq'.split('');
    const errors = letters.flatMap((one) => letters.map((other) => `wh${one}t ${other}p`)).slice(0, 105);
    for (const error of errors) await receive({ CallSid: `CA${error}`, CallStatus: 'busy' });
    await expect.poll(async () => (await inbox.health()).dead).toBe(105);
    const { count, oldestAt, newestAt } = (await post('/api/dead/replay', { dryRun: true })).body;
    expect(count).toBe(105);
    expect(oldestAt < newestAt).toBe(true);
    expect((await post('/api/dead/discard', { dryRun: true })).body).toEqual({ count, oldestAt, newestAt });
    expect((await post('/api/dead/discard', {})).body).toEqual({ count });
  });

  it('of one call are replayed, and a call is erased', async () => {
    const { get, post, handled, inbox } = await dying(makeInbox());
    const [{ callKey }] = (await get('/api/dead')).body.rows;
    expect((await get(`/api/call?key=${callKey}`)).body).toMatchObject({
      row: { hasDeadLetter: true },
      events: [{ handling: { state: 'dead', error: 'Error: no route to +15550100001' } }],
    });
    expect((await post('/api/call/replay', { key: callKey, dryRun: true })).body).toMatchObject({ count: 1 });
    expect((await post('/api/call/replay', { key: callKey })).body).toEqual({ count: 1 });
    await expect.poll(() => handled).toEqual(['CA3']);
    expect((await post('/api/call/forget', { key: callKey })).body).toEqual({ count: 1 });
    expect(await inbox.getCall('mycpaas', 'CA3')).toBeUndefined();
    expect((await post('/api/call/forget', { key: callKey })).body).toEqual({ count: 0 });
    expect((await post('/api/call/replay', { key: callKey })).status).toBe(404);
  });
});

it.each([
  [{ keys: 'x' }, 'keys'],
  [{ keys: [1] }, 'keys'],
  [{ keys: Array.from({ length: 1001 }, () => 'p') }, 'keys'],
  [{ provider: 7 }, 'provider'],
  [{ provider: '\0' }, 'provider'],
  [{ dryRun: 'yes' }, 'dryRun'],
])('nothing is done with %o', async (body, name) => {
  const { post } = subject({ can: ALL });
  const answer = await post('/api/dead/replay', body);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  expect(answer.body.message).toContain(`\`${name}\``);
});

it('a call needs a key', async () => {
  const { post } = subject({ can: ALL });
  expect((await post('/api/call/forget', {})).body.message).toBe('`key` is missing.');
  expect((await post('/api/dead/discard', { keys: ['p'] })).status).toBe(404);
});

it('what another process has replayed or discarded meanwhile does not count', async () => {
  const { get, post, inbox, lines } = await dying(memoryInbox(), { can: ALL, isAlone: true });
  const keys = (await get('/api/dead')).body.rows.map(({ key }: { key: string }) => key);
  vi.spyOn(inbox.deadLetters, 'replay').mockResolvedValueOnce(false);
  vi.spyOn(inbox.deadLetters, 'discard').mockResolvedValueOnce(false);
  expect((await post('/api/dead/discard', { keys: keys.slice(0, 1) })).body).toEqual({ count: 0 });
  expect((await post('/api/dead/replay', { keys: keys.slice(0, 1) })).body).toEqual({ count: 0 });
  // A logger without `info` gets it as a warning.
  expect(lines).toContainEqual({ user: 'unknown', action: 'replay', count: 0, message: expect.any(String) });
});

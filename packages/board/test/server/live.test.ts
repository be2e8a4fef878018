import { describe, expect, it } from 'vitest';
import { ALL, INBOXES, subject } from './board-under-test.ts';
import { receiveMany, Tab } from './tab.ts';

describe.each(INBOXES)('a stream of an inbox in %s', (_, makeInbox) => {
  it('says where it begins, has the health, and then each event once, in order', async () => {
    const made = subject({ inbox: makeInbox() });
    await made.receive({ CallSid: 'CA1', CallStatus: 'queued' });
    const [tab, other] = [await new Tab(made).follow(), await new Tab(made).follow()];
    await expect.poll(() => tab.named('health').length).toBeGreaterThan(0);
    expect(tab.messages[0]).toEqual({ name: 'events', id: expect.any(String), data: { events: [], next: tab.place } });
    for (const status of ['ringing', 'in-progress', 'completed'])
      await made.receive({ CallSid: 'CA1', CallStatus: status });
    await made.receive({ CallSid: 'CA1', CallStatus: 'completed' });
    await expect.poll(() => tab.count).toBe(3);
    await expect.poll(() => other.count).toBe(3);
    expect(tab.statuses).toEqual(['ringing', 'in-progress', 'completed']);
    const [{ key }] = (await made.get('/api/calls')).body.rows;
    expect(tab.messages.findLast(({ name }) => name === 'events')?.data.events[0]).toMatchObject({
      key,
      provider: 'mycpaas',
      transition: 'advance',
      receivedAt: expect.any(String),
    });
  });

  it('says which call was erased', async () => {
    const made = subject({ inbox: makeInbox(), can: ALL });
    await made.receive({ CallSid: 'CA1', CallStatus: 'busy' });
    const { key } = (await made.get('/api/calls')).body.rows[0];
    const tab = await new Tab(made).follow();
    await made.post('/api/call/forget', { key });
    await expect.poll(() => tab.named('erased').map(({ data }) => data)).toEqual([{ key }]);
  });

  it('continues after a reconnect, without loss and without repetition', async () => {
    const made = subject({ inbox: makeInbox() });
    const watching = await new Tab(made).follow();
    const tab = await new Tab(made).follow();
    await receiveMany(made, 0, 5);
    await expect.poll(() => tab.count).toBe(5);
    tab.leave();
    // More than one page of them, and more while it catches up.
    await receiveMany(made, 5, 1100);
    const again = new Tab(made);
    await Promise.all([again.follow(tab.place), receiveMany(made, 1100, 1150)]);
    await expect.poll(() => again.count).toBe(1145);
    await expect.poll(() => watching.count).toBe(1150);
    await receiveMany(made, 1150, 1151);
    await expect.poll(() => again.count).toBe(1146);
    expect(again.named('missed')).toEqual([]);
  });

  it('says that events are missed after a place that is not known', async () => {
    const made = subject({ inbox: makeInbox() });
    const tab = await new Tab(made).follow('not-a-place');
    await expect.poll(() => tab.named('missed').length).toBe(1);
    await made.receive({ CallSid: 'CA1', CallStatus: 'busy' });
    await expect.poll(() => tab.count).toBe(1);
  });

  it('can be replaced by polling', async () => {
    const { get, receive } = subject({ inbox: makeInbox() });
    const start = (await get('/api/events')).body;
    expect(start).toEqual({ events: [], next: expect.any(String) });
    await receive({ CallSid: 'CA1', CallStatus: 'busy' });
    const { body } = await get(`/api/events?after=${start.next}`);
    expect(body).toMatchObject({ events: [{ status: 'busy' }], next: expect.any(String) });
    expect((await get(`/api/events?after=${body.next}`)).body).toEqual({ events: [], next: body.next });
    expect((await get('/api/events?after=not-a-place')).body).toMatchObject({ events: [], missed: true });
  });

  it('sends a page that polls to the end of the feed when it is far behind', async () => {
    const made = subject({ inbox: makeInbox() });
    const start = (await made.get('/api/events')).body.next;
    await receiveMany(made, 0, 1000);
    const { body } = await made.get(`/api/events?after=${start}`);
    expect(body).toEqual({ events: [], next: expect.any(String), missed: true });
    await receiveMany(made, 1000, 1002);
    expect((await made.get(`/api/events?after=${body.next}`)).body.events).toHaveLength(2);
  });
});

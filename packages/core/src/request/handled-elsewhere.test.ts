import { describe, expect, it, vi } from 'vitest';
import { received, receiver } from '../../test/receiver-subject.ts';
import { sharedInbox } from '../../test/shared-inbox.ts';
import type { Inbox } from '../inbox/inbox.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("ack: 'handled' with an inbox that other processes share", () => {
  it('answers 200 whichever of two hosts handles the event, every request for it', async () => {
    const { view } = sharedInbox();
    const handledBy: string[] = [];
    const host = (name: string) =>
      receiver({
        inbox: view(),
        ack: 'handled',
        concurrency: 2,
        onCompleted: async () => {
          handledBy.push(name);
          await soon();
        },
      });
    const [one, other] = [host('one'), host('other')];
    const receipts = await Promise.all(
      numbers(40).map((call) => (call % 2 ? one : other).calls.receive(received(call % 30))),
    );
    expect(receipts.map((receipt) => receipt?.status)).toEqual(numbers(40).map(() => 200));
    expect(handledBy).toHaveLength(30);
    expect([...one.codes, ...other.codes]).toEqual([]);
    await Promise.all([one.calls.close(), other.calls.close()]);
  });

  it('waits for another process that handles, with worker: false, and asks only while it waits', async () => {
    const { view, asked } = sharedInbox();
    const { calls: web } = receiver({ inbox: view(), ack: 'handled', worker: false });
    const pending = web.receive(received(1));
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1));
    const { calls: worker } = receiver({ inbox: view(), onCompleted() {} });
    expect((await pending)?.status).toBe(200);
    const { length } = asked;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toHaveLength(length);
    expect(new Set(asked.flat()).size).toBe(1);
    await Promise.all([web.close(), worker.close()]);
  });

  it('asks for nothing that runs here, nor for what no request waits for any more', async () => {
    const { view, asked } = sharedInbox();
    let finish = (): void => {};
    const { calls, codes } = receiver({
      inbox: view(),
      ack: 'handled',
      ackDeadlineMs: 250,
      onCompleted: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    expect((await calls.receive(received(1)))?.status).toBe(503);
    expect([codes, asked]).toEqual([['not_handled'], []]);
    finish();
    await calls.close();
    const { calls: web } = receiver({ inbox: view(), ack: 'handled', ackDeadlineMs: 150, worker: false });
    expect((await web.receive(received(2)))?.status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { length } = asked;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(asked).toHaveLength(length);
    await web.close();
  });

  it('survives an inbox that fails or is slow to say what is handled, and stops asking when it closes', async () => {
    const { view } = sharedInbox();
    let asked = 0;
    const failing = new Proxy(view(), {
      get: (inbox, name: keyof Inbox) =>
        name === 'handled'
          ? () => (++asked === 1 ? Promise.reject(new Error('down')) : new Promise(() => {}))
          : inbox[name],
    });
    const { calls, codes } = receiver({ inbox: failing, ack: 'handled', ackDeadlineMs: 500, worker: false });
    const pending = calls.receive(received(1));
    await vi.waitFor(() => expect(asked).toBe(2));
    await calls.close();
    expect((await pending)?.status).toBe(503);
    expect([asked, codes]).toEqual([2, ['not_handled']]);
  });

  it('records nothing to wait for once it is closed', async () => {
    const { view, asked } = sharedInbox();
    let record = (): void => {};
    const slow = new Proxy(view(), {
      get: (inbox, name: keyof Inbox) =>
        name === 'record'
          ? async (event: never) => {
              await new Promise<void>((resolve) => (record = resolve));
              return inbox.record(event);
            }
          : inbox[name],
    });
    const { calls } = receiver({ inbox: slow, ack: 'handled', ackDeadlineMs: 300, worker: false });
    const pending = calls.receive(received(1));
    await calls.close();
    record();
    expect((await pending)?.status).toBe(503);
    expect(asked).toEqual([]);
  });
});

it("refuses worker: false with ack: 'handled' if no other process can handle the events", () => {
  const issues = [expect.stringMatching(/this one is not shared/)];
  const error = expect.objectContaining({ code: 'invalid_options', details: { issues } });
  expect(() => receiver({ ack: 'handled', worker: false })).toThrow(error);
});

import { describe, expect, it } from 'vitest';
import { received, receiver } from '../../test/receiver-subject.ts';

describe("ack: 'handled'", () => {
  it('answers once the handlers are done, every request for the event', async () => {
    let done = 0;
    const { calls } = receiver({
      ack: 'handled',
      onCompleted: async () => {
        await new Promise(setImmediate);
        done++;
      },
    });
    const receipts = await Promise.all([calls.receive(received(1)), calls.receive(received(1))]);
    expect(receipts.map((receipt) => [receipt?.status, receipt?.event?.transition])).toEqual([
      [200, 'advance'],
      [200, 'duplicate'],
    ]);
    expect(done).toBe(1);
    expect((await calls.receive(received(1)))?.status).toBe(200);
    await calls.close();
  });

  it('answers every request with 503 if a handler fails, and with 200 once it is done', async () => {
    let broken = true;
    const { calls, codes } = receiver({
      ack: 'handled',
      retry: { backoff: () => 0 },
      onCompleted: () => {
        if (broken) throw new Error('broken');
      },
    });
    const receipts = await Promise.all([calls.receive(received(1)), calls.receive(received(1))]);
    expect(receipts.map((receipt) => receipt?.status)).toEqual([503, 503]);
    expect(codes).toContain('not_handled');
    broken = false;
    let status: number | undefined;
    while (status !== 200) status = (await calls.receive(received(1)))?.status;
    await calls.close();
  });
});

import { describe, expect, it, vi } from 'vitest';
import { sharedServer } from '../servers/test-server.ts';
import { DAY, handleAll, setUp, someSweeps } from './set-up.ts';

const url = (await sharedServer()) ?? '';

describe.skipIf(url === '')('the retention of a schema', () => {
  it('is thirty days, until an option says otherwise', async () => {
    const { open, event, pass } = setUp(url);
    const { inbox, codes } = await open();
    await inbox.record(event('c1', 'completed'));
    await handleAll(inbox);
    pass(30 * DAY - 1);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 1 });
    pass(1000);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
    expect(codes()).toEqual([]);
  });

  it('is the last that a service was given, with a warning if it changes', async () => {
    const { open, event, pass } = setUp(url);
    const first = await open({ retentionMs: 365 * DAY });
    await first.inbox.record(event('c1', 'completed'));
    await handleAll(first.inbox);
    pass(60 * DAY);
    await open({ worker: false });
    await open({ worker: false, create: false, retentionMs: 1 });
    await someSweeps();
    expect(await first.inbox.counts()).toMatchObject({ ended: 1 });
    const second = await open({ retentionMs: 30 * DAY, worker: false });
    expect(second.warnings).toMatchObject([
      { code: 'inbox_retention_changed', details: { reason: 'It was 8760 hours, and is 720 hours now.' } },
    ]);
    await vi.waitFor(async () => expect(await first.inbox.counts()).toMatchObject({ ended: 0 }));
    expect((await open({ retentionMs: 30 * DAY, worker: false })).warnings).toEqual([]);
    expect(first.warnings).toEqual([]);
  });

  it.each([Number.POSITIVE_INFINITY, Number.MAX_VALUE])('may be forever: %s', async (retentionMs) => {
    const { open, event, pass } = setUp(url);
    const { inbox } = await open({ retentionMs });
    await inbox.record(event('c1', 'completed'));
    await inbox.record(event('c2', 'ringing'));
    await handleAll(inbox);
    pass(10_000 * DAY);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 1, live: 1 });
    const { warnings } = await open({ retentionMs: 7, worker: false });
    expect(warnings).toMatchObject([{ details: { reason: 'It was forever, and is 7 ms now.' } }]);
  });
});

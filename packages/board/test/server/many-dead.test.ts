import { memoryInbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { expect, it } from 'vitest';
import { ALL, subject } from './board-under-test.ts';

const TOO_MANY = 10_001;

it('a count says when more match than are discarded at a time', async () => {
  const inbox = memoryInbox();
  const { post, receive } = subject({ inbox, receiver: { worker: false }, can: ALL });
  await receive({ CallSid: 'CA', CallStatus: 'busy' });
  const event = (await inbox.getCall('mycpaas', 'CA'))?.events[0] as NewEvent;
  for (let at = 1; at < TOO_MANY; at++) await inbox.record({ ...event, id: `CA${at}`, callId: `CA${at}` });
  const { jobs } = await inbox.take({ limit: TOO_MANY, leaseMs: 60_000, owner: 'test' });
  for (const { lease } of jobs) await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
  const times = { newestAt: expect.any(String) };
  const replay = await post('/api/dead/replay', { dryRun: true });
  expect(replay.body).toEqual({ count: TOO_MANY, oldestAt: expect.any(String), ...times });
  const discard = await post('/api/dead/discard', { dryRun: true });
  expect(discard.body).toEqual({ count: 10_000, isMore: true, ...times });
  expect((await post('/api/dead/discard', {})).body).toEqual({ count: 10_000 });
  expect((await post('/api/dead/discard', { dryRun: true })).body).toMatchObject({ count: 1 });
});

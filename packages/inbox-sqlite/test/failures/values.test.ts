import { createCallStatus, mycpaas } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

describe('an event whose JSON was damaged in the file', () => {
  it('is reported to the worker that takes it', async () => {
    const path = temporaryFile();
    await openInbox({ path }).record(anEvent('c1'));
    const db = new (loadEngine())(path);
    // SQLite accepts JSON5.
    db.exec("UPDATE recorded SET event = '{damaged: 1}'");
    db.close();
    const taken = openInbox({ path }).take({ limit: 1, leaseMs: 1000, owner: 'test' });
    await expect(taken).rejects.toMatchObject({ code: 'inbox_unavailable', cause: expect.any(SyntaxError) });
  });
});

it('accepts a pause of any length between two attempts', async () => {
  const inbox = openInbox({ path: temporaryFile() });
  await inbox.record(anEvent('c1'));
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
  for (const { lease } of jobs) {
    const failure = { retryInMs: Number.MAX_VALUE, error: 'boom', doneHandlers: [] };
    expect(await inbox.fail(lease, failure)).toBe('done');
  }
  expect(await inbox.counts()).toMatchObject({ waiting: 1 });
});

describe('an event that cannot be stored', () => {
  it('fails without the events that arrived with it, which are recorded in order', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const results = await Promise.allSettled([
      inbox.record(anEvent('c1')),
      inbox.record(anEvent('bad', 'ringing', { raw: circular })),
      inbox.record(anEvent('c2')),
    ]);
    expect(results).toMatchObject([
      { value: { transition: 'advance' } },
      { reason: { code: 'inbox_unavailable', status: 503, cause: expect.any(TypeError) } },
      { value: { transition: 'advance' } },
    ]);
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing']);
    expect(await inbox.getCall('acme', 'bad')).toBeUndefined();
  });
});

describe('NUL', () => {
  it('does not confuse events: each status word that contains it is handled', async () => {
    const handled: string[] = [];
    const calls = createCallStatus({
      providers: [mycpaas({ token: 't' })],
      inbox: openInbox({ path: temporaryFile() }),
      log: { info() {}, warn() {}, error() {} },
      onStatus: ({ rawStatus }) => void handled.push(rawStatus),
    });
    const send = async (fields: string) => {
      const body = new TextEncoder().encode(fields);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${body.length}` };
      const request = { method: 'POST', url: '/?token=t', headers, origin: 'https://example.com', body };
      return (await calls.provider('mycpaas').receive(request))?.status;
    };
    for (const word of ['a', 'b', 'c']) expect(await send(`CallSid=CA1&CallStatus=%00${word}`)).toBe(200);
    expect(await send('CallSid=CA1%00x&CallStatus=completed')).toBe(422);
    await vi.waitFor(() => expect(handled).toEqual(['\0a', '\0b', '\0c']));
    await calls.close();
  });

  it('does not truncate the error of a dead letter', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    await inbox.record(anEvent('c1'));
    const { jobs } = await inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
    for (const { lease } of jobs) await inbox.fail(lease, { error: 'a\0b', doneHandlers: ['c\0d'] });
    expect((await inbox.deadLetters.get('acme:c1:ringing'))?.error).toBe('a\ufffdb');
  });
});

describe('a lease that this inbox never issued', () => {
  it('does not count', async () => {
    const inbox = openInbox({ path: temporaryFile() });
    await inbox.record(anEvent('c1'));
    for (const token of ['', 'another inbox', '1', '1.1.another']) {
      expect(await inbox.finish({ eventId: 'acme:c1:ringing', token })).toBe('lost');
    }
    expect(await inbox.finish({ eventId: 'acme:c1:ringing', token: '7.7.another' })).toBe('gone');
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing']);
  });
});

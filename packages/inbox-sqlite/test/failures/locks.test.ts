import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

describe('a lock that another program holds', () => {
  it('is waited for, without blocking the process', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    void inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const recorded = Promise.all(['c1', 'c2'].map((callId) => inbox.record(anEvent(callId))));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const late = inbox.record(anEvent('c3'));
    other.exec('COMMIT');
    other.close();
    await Promise.all([recorded, late]);
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing', 'acme:c2:ringing', 'acme:c3:ringing']);
  });

  it('is reported when it lasts, acknowledges nothing, and needs no restart once it is free', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, busyTimeoutMs: 50 });
    void inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const results = await Promise.allSettled(['c1', 'c2'].map((callId) => inbox.record(anEvent(callId))));
    expect(results).toMatchObject([
      { reason: { code: 'inbox_locked', status: 503 } },
      { reason: { code: 'inbox_locked', status: 503 } },
    ]);
    expect(await inbox.getCall('acme', 'c1')).toBeUndefined();
    other.exec('ROLLBACK');
    other.close();
    await inbox.record(anEvent('c1'));
    expect(await handleAll(inbox)).toEqual(['acme:c1:ringing']);
  });

  it('does not keep the inbox from closing', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path, busyTimeoutMs: 50 });
    void inbox.ready();
    const other = new (loadEngine())(path);
    other.exec('BEGIN IMMEDIATE');
    const recorded = inbox.record(anEvent('c1'));
    const closed = inbox.close();
    await expect(recorded).rejects.toMatchObject({ code: 'inbox_locked' });
    await closed;
    other.close();
  });
});

describe('a closed inbox', () => {
  it('finishes pending writes, and rejects new ones', async () => {
    const path = temporaryFile();
    const inbox = openInbox({ path });
    const begun = inbox.record(anEvent('c1'));
    const closed = inbox.close();
    await expect(begun).resolves.toMatchObject({ transition: 'advance' });
    await closed;
    await expect(inbox.listCalls()).rejects.toMatchObject({ code: 'closed' });
    await expect(inbox.record(anEvent('c2'))).rejects.toMatchObject({ code: 'closed' });
    expect(await handleAll(openInbox({ path }))).toEqual(['acme:c1:ringing']);
  });
});

import { inboxContract } from '@call-status/testing';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { postgresInbox } from '../../src/index.ts';
import { findPgBouncer } from '../servers/find.ts';
import { startPgBouncer } from '../servers/pgbouncer.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { inboxesAt } from '../support.ts';
import { eventOf } from './event-of.ts';
import { openInbox } from './set-up.ts';

const url = await sharedServer();

const isLeftOut = url === undefined || findPgBouncer() === undefined;

describe.skipIf(isLeftOut)('the contract of an inbox, through PgBouncer in transaction mode', async () => {
  if (isLeftOut) return;
  const bouncer = await startPgBouncer(url);
  afterAll(() => bouncer.stop());
  const makeInbox = inboxesAt({ url: bouncer.url, preparedStatements: false });
  it('holds with a warning when named statements are lost, for all that start together', async () => {
    const schema = freshSchema(url);
    const onWarning = vi.fn<() => void>();
    const inboxes = [1, 2, 3].map(() => postgresInbox({ url: bouncer.url, schema, listen: false }));
    onTestFinished(async () => void (await Promise.all(inboxes.map((inbox) => inbox.close()))));
    await Promise.all(inboxes.map(async (inbox) => inbox.ready?.({ create: true, onWarning })));
    for (let n = 0; n < 10; n++) {
      await Promise.all(inboxes.map((inbox, at) => inbox.record(eventOf(`${at}-${n}`))));
    }
    expect(await inboxes[0]?.counts()).toMatchObject({ live: 30 });
    expect(onWarning).toHaveBeenCalledTimes(3);
  });

  it('needs one connection of the server, with names that it did not prove', async () => {
    const one = await startPgBouncer(url, 1);
    onTestFinished(() => one.stop());
    const inbox = await openInbox({ url: one.url, schema: freshSchema(url), queryTimeoutMs: 500 });
    await inbox.record(eventOf('a'));
    expect(await inbox.counts()).toMatchObject({ live: 1 });
  });

  for (const { name, run } of await inboxContract(makeInbox)) it(name, () => run());
});

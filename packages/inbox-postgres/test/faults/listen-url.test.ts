import { randomUUID } from 'node:crypto';
import type { CallStatusError } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { postgresInbox } from '../../src/index.ts';
import { freePort } from '../servers/find.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshDatabase, freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a wrong listenUrl is reported once', () => {
  async function warningOf(listenUrl: string): Promise<CallStatusError> {
    const onWarning = vi.fn<(warning: CallStatusError) => void>();
    const inbox = postgresInbox({ url, schema: freshSchema(url), listenUrl });
    onTestFinished(() => inbox.close());
    await inbox.ready?.({ create: true, onWarning });
    onTestFinished(inbox.onJobs(() => {}));
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalled());
    expect(onWarning).toHaveBeenCalledOnce();
    return onWarning.mock.calls[0]?.[0] as CallStatusError;
  }

  it('when nothing is there', async () => {
    const port = await freePort();
    const { code, message, cause } = await warningOf(`postgres://a:secret@127.0.0.1:${port}/voice`);
    expect(code).toBe('inbox_polling');
    expect(message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
    expect(message).toContain('Check listenUrl.');
    expect(message).not.toContain('secret');
    expect(cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('when it leads to another database', async () => {
    const { code, message } = await warningOf(await freshDatabase(url));
    expect(code).toBe('inbox_polling');
    expect(message).toContain('listenUrl leads to another database than url');
    expect(message).not.toContain('Behind PgBouncer');
  });
});

it.skipIf(url === undefined)('a database that has no connection left for LISTEN is reported once', async () => {
  const role = `limited_${randomUUID().slice(0, 8)}`;
  // One for reading, and one for writing.
  await queryAt(url, `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 2; GRANT CREATE ON DATABASE postgres TO ${role}`);
  const schema = `t_${role}`;
  onTestFinished(() => queryAt(url, `DROP SCHEMA ${schema} CASCADE; DROP OWNED BY ${role}; DROP ROLE ${role}`).then());
  const limited = new URL(url);
  limited.username = role;
  const onWarning = vi.fn<(warning: CallStatusError) => void>();
  const inbox = postgresInbox({ url: limited.href, schema, readConnections: 1 });
  onTestFinished(() => inbox.close());
  await inbox.ready?.({ create: true, onWarning });
  await inbox.record(eventOf('a'));
  await inbox.counts();
  onTestFinished(inbox.onJobs(() => {}));
  await vi.waitFor(() => expect(onWarning).toHaveBeenCalledOnce());
  const warning = onWarning.mock.calls[0]?.[0];
  expect(warning).toMatchObject({ code: 'inbox_polling' });
  expect(warning?.message).toContain('too many connections for role');
  expect(warning?.message).not.toContain('Check listenUrl.');
});

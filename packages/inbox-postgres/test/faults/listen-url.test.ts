import type { CallStatusError } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type PostgresInboxOptions, postgresInbox } from '../../src/index.ts';
import { freePort } from '../servers/find.ts';
import { freshDatabase, freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a wrong listenUrl is reported once', () => {
  async function warningOf(options: PostgresInboxOptions): Promise<CallStatusError> {
    const onWarning = vi.fn<(warning: CallStatusError) => void>();
    const inbox = postgresInbox({ url, schema: freshSchema(url), ...options });
    onTestFinished(() => inbox.close());
    await inbox.ready?.({ create: true, onWarning });
    onTestFinished(inbox.onJobs(() => {}));
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalled(), 5000);
    expect(onWarning).toHaveBeenCalledOnce();
    return onWarning.mock.calls[0]?.[0] as CallStatusError;
  }

  it('when nothing is there', async () => {
    const port = await freePort();
    const { code, message, cause } = await warningOf({ listenUrl: `postgres://a:secret@127.0.0.1:${port}/voice` });
    expect(code).toBe('inbox_polling');
    expect(message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
    expect(message).toContain('Check listenUrl.');
    expect(message).not.toContain('secret');
    expect(cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('when it leads to another database', async () => {
    const { code, message } = await warningOf({ listenUrl: await freshDatabase(url) });
    expect(code).toBe('inbox_polling');
    expect(message).toContain('listenUrl leads to another database than url');
    expect(message).not.toContain('Behind PgBouncer');
  });
});

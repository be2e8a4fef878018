import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCallStatus, signalwire } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { callback } from '@call-status/testing';
import type { SpanContext } from '@opentelemetry/api';
import { expect, it, onTestFinished, vi } from 'vitest';
import { start } from '../../../test/programs.ts';
import { idOf, instrument, parentOf, silent, tracing } from './support.ts';

const KEY = 'a-long-secret-of-the-test';

it('spans of handlers link to the callback that another process received, in retries too', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'call-status-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'calls.db');
  const receiver = start(path.join(import.meta.dirname, 'other-process.ts'), {}, file);
  const url = await receiver.printed('http://');
  expect((await fetch(callback.fetch(signalwire, 'completed', { url, secret: KEY }))).status).toBe(200);
  const [name, received] = JSON.parse((await receiver.printed('span ')).slice(5)) as [string, SpanContext];
  expect(name).toBe('receive signalwire');

  const { tracerProvider, spans } = tracing();
  instrument({ tracerProvider });
  const calls = createCallStatus({
    inbox: sqliteInbox({ path: file, pollMs: 10 }),
    providers: [signalwire({ signingKey: KEY })],
    log: silent,
    retry: { attempts: 2, backoff: () => 0 },
    onCompleted(_event, { attempt }) {
      if (attempt === 1) throw new Error('not yet');
    },
  });
  onTestFinished(() => calls.close());
  const attempts = () => spans().filter((span) => span.name === 'process signalwire completed');
  await vi.waitFor(() => expect(attempts()).toHaveLength(2));
  for (const attempt of attempts()) {
    expect(attempt.links.map((link) => link.context)).toEqual([{ ...received, isRemote: true }]);
    expect(parentOf(attempt)).toBeUndefined();
    expect(
      spans()
        .filter((span) => parentOf(span) === idOf(attempt))
        .map((span) => span.name),
    ).toEqual(['onCompleted']);
  }
  const [first, second] = attempts();
  expect(first?.spanContext().traceId).not.toBe(second?.spanContext().traceId);
});

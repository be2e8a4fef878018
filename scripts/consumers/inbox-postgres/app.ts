import assert from 'node:assert/strict';
import { createCallStatus, signalwire } from '@call-status/core';
import { postgresInbox, schemaSql } from '@call-status/inbox-postgres';
import { onCompleted, SIGNING_KEY } from './callback.ts';

assert.match(schemaSql('calls'), /CREATE TABLE "calls"\.calls/);

const calls = createCallStatus({
  // No server listens there.
  inbox: postgresInbox({ url: 'postgres://127.0.0.1:1/calls' }),
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
});
await assert.rejects(calls.ready(), { code: 'inbox_unavailable' });
await calls.close();

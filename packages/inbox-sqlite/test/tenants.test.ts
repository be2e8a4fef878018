import { createHmac } from 'node:crypto';
import { createCallStatus, signalwire } from '@call-status/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openInbox, temporaryFile } from './support.ts';

const ORIGIN = 'https://hooks.example.com';
const CALL = 'a5555555-0000-4000-8000-000000000001';

/** A receiver for two tenants, each with its own key, and the events that its handlers saw. */
function receiverOn(path: string) {
  const seen: string[] = [];
  const calls = createCallStatus({
    providers: [
      signalwire({
        signingKey: ({ url }) => {
          const tenant = new URL(url, ORIGIN).searchParams.get('tenant');
          return tenant === null ? undefined : { tenant, secrets: `key of ${tenant}` };
        },
      }),
    ],
    inbox: openInbox({ path }),
    log: { warn() {}, error() {} },
    retry: { attempts: 1 },
    onEnded({ tenant, durationSeconds }) {
      seen.push(`${tenant} ended after ${durationSeconds} s`);
      if (tenant === 'b') throw new Error('of tenant b');
    },
  });
  onTestFinished(() => calls.close());
  return { calls, seen };
}

/** A callback for the call, signed with the key of a tenant. */
function request(tenant: string, status: string, seconds: string) {
  const fields = { CallDuration: seconds, CallSid: CALL, CallStatus: status };
  const url = `/hooks?tenant=${tenant}`;
  const signature = createHmac('sha1', `key of ${tenant}`)
    .update(ORIGIN + url + Object.entries(fields).flat().join(''))
    .digest('base64');
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-signalwire-signature': signature };
  return { method: 'POST', url, origin: ORIGIN, headers, body: Buffer.from(new URLSearchParams(fields).toString()) };
}

it('a tenant cannot change the call of another by using its id, even after a restart', async () => {
  const path = temporaryFile();
  const first = receiverOn(path);
  const transitionOf = async (calls: typeof first.calls, ...sent: Parameters<typeof request>) => {
    const receipt = await calls.receive(request(...sent));
    expect(receipt?.status).toBe(200);
    return receipt?.event?.transition;
  };
  expect(await transitionOf(first.calls, 'b', 'completed', '1')).toBe('advance');
  expect(await transitionOf(first.calls, 'a', 'in-progress', '0')).toBe('advance');
  await vi.waitFor(async () => expect(await first.calls.inbox.counts()).toMatchObject({ dead: 1, waiting: 0 }));
  await first.calls.close();

  const { calls, seen } = receiverOn(path);
  expect(await transitionOf(calls, 'a', 'completed', '600')).toBe('advance');
  expect(await transitionOf(calls, 'a', 'completed', '600')).toBe('duplicate');
  await vi.waitFor(() => expect(seen).toEqual(['a ended after 600 s']));
  const { inbox } = calls;
  expect((await inbox.getCall('signalwire', CALL, 'a'))?.durationSeconds).toBe(600);
  expect((await inbox.getCall('signalwire', CALL, 'b'))?.durationSeconds).toBe(1);
  expect(await inbox.getCall('signalwire', CALL)).toBeUndefined();
  const dead = await inbox.deadLetters.list();
  expect(dead.rows.map(({ event }) => event.tenant)).toEqual(['b']);
  expect(await inbox.forgetCall('signalwire', CALL, 'b')).toBe(true);
  expect((await inbox.listCalls()).rows.map(({ tenant }) => tenant)).toEqual(['a']);
});

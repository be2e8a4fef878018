// Asking once about calls of acme, while the time passes.
import {
  type AskedCall,
  createCallStatus,
  type ErrorCode,
  type Inbox,
  memoryInbox,
  type Provider,
  type ReconcileOnceOptions,
  reconcileOnce,
} from '@call-status/core';
import { manualClock } from '@call-status/testing';
import { expect, onTestFinished } from 'vitest';
import type { ApiAnswer } from '../../packages/core/test/api-server.ts';
import { acme, acmeApi, acmeCallback, type Truth } from './acme.ts';

const MINUTE = 60_000;

/** An inbox with live calls of acme, whose API says what the test says. */
export async function subject(
  ids: readonly string[],
  truth: Truth = () => undefined,
  fault?: () => ApiAnswer | undefined,
) {
  const clock = manualClock(Date.UTC(2026, 2, 2));
  const api = await acmeApi(truth, fault);
  const inbox = memoryInbox({ clock: clock.now });
  const provider = acme({ api: { key: 'key', url: api.url } });
  const service = (options: object) => {
    const log = { warn() {}, error() {} };
    const calls = createCallStatus({ providers: [acme({ token: 'secret' })], inbox, clock, log, ...options });
    onTestFinished(() => calls.close());
    return calls;
  };
  const web = service({ worker: false });
  for (const id of ids) await web.receive(acmeCallback({ id, state: 'up' }));
  clock.advance(10 * MINUTE);
  const codes: ErrorCode[] = [];
  const call = (callId: string) => ({ provider: 'acme', callId });
  /** Lets time pass until all is said. */
  const once = async (more: Partial<ReconcileOnceOptions> = {}): Promise<readonly AskedCall[]> => {
    const asked: AskedCall[] = [];
    let isOver = false;
    const providers: readonly Provider[] = [provider];
    const options = {
      inbox,
      providers,
      calls: ids.map(call),
      clock,
      onError: ({ code }: { code: ErrorCode }) => void codes.push(code),
    };
    const passing = (async () => {
      while (!isOver) {
        clock.advance(250);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    try {
      for await (const one of reconcileOnce({ ...options, ...more })) asked.push(one);
    } finally {
      isOver = true;
      await passing;
    }
    return asked;
  };
  return { clock, api, inbox, provider, service, call, once, codes };
}

/** What the API says when all calls have ended. */
export const over: Truth = (id) => ({ id, state: 'over', seconds: '42' });

/** Ids and results. */
export function resultsOf(asked: readonly AskedCall[]): readonly string[] {
  return asked.map(({ callId, result }) => `${callId} ${result}`);
}

/** Whether another process may look after the calls. */
export async function expectFree(inbox: Inbox): Promise<void> {
  expect(await inbox.watches.lead('another', 1)).toBe(true);
}

import { type AnyCallStatusEvent, createCallStatus, type Receipt } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount, Parser } from '../adapter.ts';
import { callback, ENCODINGS, type Encoding, genuine, NOW } from '../callbacks.ts';
import type { Fixture } from '../fixtures.ts';
import { open, PROVIDERS } from '../subject.ts';

/** Every encoding arrives as the same event, wherever the application's body parsers are. */
export function testEncodings(adapter: Adapter, mount: Mount): void {
  describe.each([undefined, ...adapter.parsers])('with $name', (parser) => {
    for (const order of parser === undefined ? (['after'] as const) : (['before', 'after'] as const)) {
      it(`${parser === undefined ? 'no parser' : `it ${order} call-status`}`, async () => {
        const subject = await open(adapter, { mount: mount.name, parser: parser?.name, order });
        const expected: AnyCallStatusEvent[] = [];
        for (const [index, [provider, encoding]] of ENCODINGS.entries()) {
          const made = genuine(callback(provider, { encoding, call: index }), subject.origin);
          const answer = await subject.send(made);
          const refused = order === 'before' && lacksBytes(provider, encoding, parser);
          expect([provider, encoding, answer.status]).toEqual([provider, encoding, refused ? 403 : 200]);
          if (refused) expect(subject.errors.at(-1)).toMatchObject({ code: 'body_consumed', details: { provider } });
          else expected.push((await receiptOf(made, subject.origin, true))?.event as AnyCallStatusEvent);
        }
        const events = await subject.handled(expected.length);
        expect([...events].sort(byId)).toEqual(expected.sort(byId));
      });
    }
  });
}

/** Whether a signature covers bytes that the parser took. */
function lacksBytes(provider: string, encoding: Encoding, parser: Parser | undefined): boolean {
  if (encoding !== 'json' || !['signalwire', 'voicedock'].includes(provider)) return false;
  return parser?.reads.includes('json') === true && parser.keepsBytes !== true;
}

/** What a receiver answers without any framework. */
export async function receiptOf(
  { provider, method, url, headers, body }: Fixture,
  origin: string,
  callbackOnly: boolean,
): Promise<Receipt<AnyCallStatusEvent> | undefined> {
  const log = { info() {}, warn() {}, error() {} };
  const calls = createCallStatus({ providers: PROVIDERS, clock: () => NOW, worker: false, log });
  const receipt = await calls.provider(provider as never).receive({ method, url, headers, body, origin, callbackOnly });
  await calls.close();
  return receipt;
}

function byId(a: AnyCallStatusEvent, b: AnyCallStatusEvent): number {
  return a.id < b.id ? -1 : 1;
}

import assert from 'node:assert/strict';
import { type AnyCallStatusEvent, createCallStatus, type Receipt } from '@call-status/core';
import { assertMatches, plain } from '../../assertions.ts';
import type { Encoding } from '../../callback/encode.ts';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import type { Parser } from '../adapter.ts';
import { callback, ENCODINGS, genuine, NOW } from '../callbacks.ts';
import { PROVIDERS } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

/** Every encoding results in the same event, wherever the application's body parsers are. */
export function testEncodings({ adapter, it }: AdapterSuite): void {
  for (const parser of [undefined, ...adapter.parsers]) {
    for (const order of parser === undefined ? (['after'] as const) : (['before', 'after'] as const)) {
      const where = parser === undefined ? 'with no parser' : `with ${parser.name} ${order} call-status`;
      it(where, async (open) => {
        const subject = await open({ parser: parser?.name, order });
        const expected: AnyCallStatusEvent[] = [];
        for (const [index, [provider, encoding]] of ENCODINGS.entries()) {
          const made = genuine(callback(provider, { encoding, call: index }), subject.origin);
          const answer = await subject.send(made);
          const refused = order === 'before' && lacksBytes(provider, encoding, parser);
          assert.deepEqual([provider, encoding, answer.status], [provider, encoding, refused ? 403 : 200]);
          if (refused) assertMatches(subject.errors.at(-1), { code: 'body_consumed', details: { provider } });
          else expected.push((await receiptOf(made, subject.origin, true))?.event as AnyCallStatusEvent);
        }
        const events = await subject.handled(expected.length);
        assert.deepEqual(plain([...events].sort(byId)), plain(expected.sort(byId)));
      });
    }
  }
}

/** Whether a signature covers bytes that the parser consumed. */
function lacksBytes(provider: string, encoding: Encoding, parser: Parser | undefined): boolean {
  if (encoding !== 'json' || !['signalwire', 'voicedock'].includes(provider)) return false;
  return parser?.reads.includes('json') === true && parser.keepsBytes !== true;
}

/** The answer of a receiver without a framework. */
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

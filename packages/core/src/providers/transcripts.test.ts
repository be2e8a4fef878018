// Providers of voice agents send what was said, word by word.
import { expect, it } from 'vitest';
import { jsonOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import type { Provider } from '../provider/define-provider.ts';
import { retell } from './retell.ts';
import { vapi } from './vapi.ts';
import { voicedock } from './voicedock.ts';

const SECRET = 's-1';
const NOW = 1_764_590_461_623;
const words = Array.from({ length: 1500 }, () => ({ word: 'hello', start: 1.1, end: 1.4 }));
const messages = Array.from({ length: 400 }, (_, at) => ({
  role: 'user',
  time: at,
  endTime: at,
  secondsFromStart: at,
  duration: 1,
  source: '',
  message: 'Hello.',
}));
const CALL = { id: '019aa141-4449-7775-8d7e-006f2a64e546', type: 'outboundPhoneCall' };

const RETELL_CALL = { call_id: 'call_1234567890', call_type: 'phone_call', agent_id: 'a', call_status: 'ended' };

const ENDED: readonly [provider: Provider, body: object][] = [
  [
    retell({ apiKey: SECRET }),
    {
      event: 'call_ended',
      call: { ...RETELL_CALL, transcript_object: [{ role: 'user', content: 'Hello.', words }] },
    },
  ],
  [
    vapi({ secret: SECRET }),
    { message: { type: 'end-of-call-report', endedReason: 'customer-ended-call', call: CALL, artifact: { messages } } },
  ],
  [
    voicedock({ secret: SECRET }),
    { message: { type: 'status-update', call: { id: 'a', status: 'ended' }, assistant: { model: { messages } } } },
  ],
];
const WAITING: readonly [provider: Provider, body: object][] = [
  [vapi({ secret: SECRET }), { message: { type: 'tool-calls', call: CALL, artifact: { messages } } }],
  [
    voicedock({ secret: SECRET }),
    { message: { type: 'tool-calls', call: { id: 'a' }, assistant: { model: { messages } } } },
  ],
];

/** The answer to a body with its proof, read by us or by another parser. */
async function answerTo(provider: Provider, body: object, isParsed = false) {
  const calls = createCallStatus({
    providers: [provider],
    clock: () => NOW,
    log: { info() {}, warn() {}, error() {} },
  });
  const sent: Sent = jsonOf(body);
  const unsigned: CallbackRequest = { ...sent, origin: ORIGIN, body: Buffer.from(String(sent.body)) };
  const request = provider.definition.sign?.(unsigned, { secret: SECRET, nowMs: NOW }) as CallbackRequest;
  expect(unsigned.body?.length).toBeLessThan(DEFAULT_LIMITS.bytes);
  const receipt = await calls.receive(isParsed ? { ...request, body: undefined, parsed: body } : request);
  await calls.close();
  return receipt;
}

it.each(ENDED.map(([provider, body]) => [provider.name, provider, body] as const))(
  'what was said in a call of %s is no reason to refuse its end',
  async (_, provider, body) => {
    const receipt = await answerTo(provider, body);
    expect([receipt?.status, receipt?.event?.terminal]).toEqual([200, true]);
    expect(receipt?.event?.raw).toEqual(body);
  },
);

it.each(WAITING.map(([provider, body]) => [provider.name, provider, body] as const))(
  'a message of %s that a live call waits for is passed on with all that was said',
  async (_, provider, body) => expect(await answerTo(provider, body)).toBeUndefined(),
);

it('another parser may have read them, with a higher limit than ours', async () => {
  const [, vapis] = ENDED;
  const [provider, body] = vapis as (typeof ENDED)[number];
  expect(await answerTo(provider, body, true)).toMatchObject({ status: 200 });
  const more = { message: { ...(body as { message: object }).message, more: Array(32_768).fill(0) } };
  // It cannot have come in so many bytes.
  const calls = createCallStatus({ providers: [provider], log: { info() {}, warn() {}, error() {} } });
  const request = { ...jsonOf({}, '/hooks', { 'x-vapi-secret': SECRET }), body: undefined, origin: ORIGIN };
  expect(await calls.receive({ ...request, parsed: more })).toMatchObject({
    status: 413,
    error: {
      message: expect.stringContaining(
        'more than 32768 values. If the provider really sends this much, raise limits.bytes',
      ),
    },
  });
  await calls.close();
});

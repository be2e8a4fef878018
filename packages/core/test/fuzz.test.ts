import fc from 'fast-check';
import { expect, it } from 'vitest';
import { optionsFor } from '../../testing/src/callback/proof.ts';
import { createCallStatus } from '../src/create-call-status.ts';
import { memoryInbox } from '../src/inbox/memory-inbox.ts';
import { builtInProviders } from '../src/options/built-in-providers.ts';
import type { Provider } from '../src/provider/define-provider.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);

const silent = { info() {}, warn() {}, error() {} };
const PROVIDERS = builtInProviders.map(({ definition }) => definition.name);

/** Pieces of callbacks, so that random requests resemble them. */
const WORDS = [
  'CallSid CallStatus Status Legs[0][Status] Legs[99999][a] EventType __proto__ constructor Timestamp CA1 message call',
  'id status type status-update completed busy [ ] [] & = % %00 %ff { } " : , null [[ --b --b-- \0 \u{1F600}',
].flatMap((line) => line.split(' '));
const word = fc.constantFrom(...WORDS, '\r\n', '\n', 'Content-Disposition: form-data; name="');
const some = fc.dictionary(fc.oneof(word, fc.string()), fc.oneof(word, fc.string()), { maxKeys: 6 });
const near = fc.record({ CallSid: fc.string(), CallStatus: word, Status: word, id: fc.string(), status: word });
const fields = fc.oneof(some, near);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((words) => Buffer.from(words.join(''))),
  fields.map((given) => Buffer.from(new URLSearchParams(given).toString())),
  fc.json({ maxDepth: 30 }).map((text) => Buffer.from(text)),
  fields.map((given) => Buffer.from(JSON.stringify({ message: { call: given, ...given }, ...given }))),
  fields.map((given) => {
    const parts = Object.entries(given).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    return Buffer.from(`${parts.join('')}--b--\r\n`);
  }),
);
const contentType = fc.oneof(
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=b',
    'text/plain',
    'application/json; charset=utf-16le',
    'application/json; charset=nonsense',
    'multipart/form-data',
    '',
  ),
  fc.string(),
);

const request = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT'),
  url: fc.oneof(
    fc.string().map((query) => `/hooks?${query}`),
    fields.map((query) => `/hooks?${new URLSearchParams(query).toString()}`),
  ),
  origin: fc.constant('https://example.com'),
  headers: fc.record(
    {
      'content-type': contentType,
      'content-encoding': fc.constantFrom('gzip', 'identity'),
      'x-signalwire-signature': fc.string(),
      'x-webhook-signature': fc.string(),
      'x-webhook-timestamp': fc.oneof(fc.string(), fc.nat().map(String)),
      'x-webhook-event': word,
    },
    { requiredKeys: ['content-type'] },
  ),
  body: fc.option(body, { nil: undefined, freq: 10 }),
  parsed: fc.option(fc.anything({ maxDepth: 3 })),
  callbackOnly: fc.boolean(),
});

it(`any bytes as a body never crash, hang or answer 5xx (${RUNS} cases)`, async () => {
  const receivers = [false, true].map((secret) =>
    createCallStatus({
      providers: builtInProviders.map((provider): Provider => {
        return provider(secret ? optionsFor(provider, 'x') : {});
      }),
      inbox: memoryInbox({ maxCalls: 1_000_000 }),
      limits: { fields: 7, depth: 3, bytes: 2000 },
      log: silent,
      worker: false,
    }),
  );
  const answers = new Map<number | undefined, number>();
  const property = fc.asyncProperty(
    request,
    fc.constantFrom(...receivers),
    fc.constantFrom(undefined, ...PROVIDERS),
    async (made, calls, named) => {
      const endpoint = named === undefined ? calls : calls.provider(named);
      endpoint.accepts(made);
      const status = (await endpoint.receive(made))?.status;
      expect([undefined, 200, 400, 403, 413, 415, 422]).toContain(status);
      answers.set(status, (answers.get(status) ?? 0) + 1);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
  expect(({} as Record<string, unknown>)['Status']).toBeUndefined();
  // Each answer was among them, or the cases are not near enough to callbacks.
  expect(new Set(answers.keys())).toEqual(new Set([200, 400, 403, 413, 415, 422, undefined]));
  await Promise.all(receivers.map((calls) => calls.close()));
}, 600_000);

import { describe, expect, it, vi } from 'vitest';
import { createCallStatus } from '../src/index.ts';
import {
  type AnyProviderDefinition,
  callSchema,
  defineProvider,
  type NormalForm,
  type Verdict,
} from '../src/provider/index.ts';

const BUG = new TypeError('a bug');
const thrower = (): never => {
  throw BUG;
};
const rejecter = async (): Promise<never> => {
  throw BUG;
};

const sound = {
  name: 'acme',
  signs: 'fields',
  secretOption: 'key',
  statuses: { over: 'completed' },
  schema: callSchema<{ readonly id: string; readonly state: string }>('id', 'state'),
  recognizes: () => true,
  isCallStatus: () => true,
  authenticate: (): Verdict => 'valid',
  normalize: (fields: { readonly id: string; readonly state: string }): NormalForm => ({
    callId: fields.id,
    rawStatus: fields.state,
  }),
  eventKey: () => 'key',
} as const;

/** What is answered to a callback, and what was logged and told. */
async function outcome(
  more: { readonly [Part in keyof AnyProviderDefinition]?: unknown },
  method = 'POST',
  callbackOnly = true,
) {
  const acme = defineProvider({ ...sound, methods: ['POST', 'GET'], ...more } as unknown as typeof sound);
  const other = defineProvider({ ...sound, name: 'other', recognizes: () => false });
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const onError = vi.fn();
  const onStatus = vi.fn();
  const calls = createCallStatus({ providers: [acme({ key: 'k' }), other({ key: 'k' })], log, onError, onStatus });
  const receipt = await calls.receive({
    method,
    url: '/?id=7&state=over',
    origin: 'https://h.example',
    headers: { 'content-type': 'application/json', 'content-length': '27' },
    body: Buffer.from('{"id":"7","state":"over"}'),
    callbackOnly,
  });
  await calls.close();
  return { receipt, log, onError, onStatus };
}

describe('what the code of a provider throws', () => {
  it.each([
    ['recognizes', thrower],
    ['isCallStatus', thrower],
    ['authenticate', thrower],
    ['authenticate', rejecter],
    ['normalize', thrower],
    ['eventKey', thrower],
    ['decode', thrower],
    ['schema', { '~standard': { version: 1, vendor: 'x', validate: thrower } }],
    ['schema', { '~standard': { version: 1, vendor: 'x', validate: rejecter } }],
    ['normalize', async () => ({ callId: '7', rawStatus: 'over' })],
    ['normalize', () => undefined],
    ['normalize', () => []],
    ['authenticate', () => true],
    ['authenticate', () => undefined],
    ['isCallStatus', () => undefined],
    ['isCallStatus', () => 7],
    ['eventKey', () => 7],
    // Nothing waits for these, so that a rejection would end the process.
    ['recognizes', rejecter],
    ['isCallStatus', rejecter],
    ['normalize', rejecter],
    ['eventKey', rejecter],
    ['decode', rejecter],
  ])('is a 503 with its cause, logged as an error: %s', async (part, code) => {
    for (const method of ['POST', 'GET']) {
      // A provider that recognizes nothing but what it can read has to read it.
      const recognizes =
        part === 'decode' ? (message: { readonly fields: unknown }) => message.fields !== null : sound.recognizes;
      const { receipt, log, onError } = await outcome({ recognizes, [part]: code }, method);
      expect(receipt).toMatchObject({ status: 503, error: { code: 'unexpected', details: { provider: 'acme' } } });
      expect(receipt?.error?.cause).toBeInstanceOf(TypeError);
      expect(onError).toHaveBeenCalledExactlyOnceWith(receipt?.error);
      expect(log.error).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({
          code: 'unexpected',
          provider: 'acme',
          cause: expect.stringContaining('TypeError: '),
        }),
        expect.any(String),
      );
    }
  });

  it('is reported, and no 503, where the URL is for other requests too and nothing says that this is a callback', async () => {
    const { receipt, log, onError } = await outcome({ recognizes: thrower }, 'POST', false);
    expect(receipt).toBeUndefined();
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'unexpected', cause: BUG }));
    expect(log.error).toHaveBeenCalledOnce();
  });
});

it('an error that only looks like ours is a 503 as well', async () => {
  const fake = Object.assign(new Error('fake'), { name: 'CallStatusError' });
  const normalize = () => {
    throw fake;
  };
  expect((await outcome({ normalize })).receipt).toMatchObject({ status: 503, error: { code: 'unexpected' } });
});

it.each([thrower, rejecter, () => 'advice', () => [7]])(
  'a forged request stays one, whatever the search for advice does',
  async (diagnose) => {
    const { receipt } = await outcome({ authenticate: () => 'mismatch', diagnose });
    expect(receipt).toMatchObject({ status: 403, error: { code: 'signature_mismatch' } });
  },
);

it('why a request is not recognized may not be found', async () => {
  for (const whyNot of [thrower, rejecter]) {
    const { receipt, log } = await outcome({ recognizes: () => '', whyNot }, 'POST', false);
    expect(receipt).toBeUndefined();
    expect(log.debug).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ reason: 'acme: Its code threw.' }),
      expect.any(String),
    );
  }
});

it('parts that are wrong never reach a handler, and are said once', async () => {
  const form = { callId: '7', rawStatus: 'over', durationSeconds: Number.NaN, from: 7, sip: { code: 486, phrase: 5 } };
  const { receipt, log, onStatus } = await outcome({ normalize: () => form as never });
  expect(receipt?.status).toBe(200);
  const [event] = onStatus.mock.calls[0] as [object];
  expect(event).toMatchObject({ callId: '7', status: 'completed', sip: { code: 486 } });
  expect(Object.keys(event)).not.toContain('durationSeconds');
  expect(log.warn.mock.calls.map(([details]) => (details as { field?: string }).field)).toEqual([
    'durationSeconds',
    'from',
    'sip.phrase',
  ]);
});

it('a provider that has nothing wrong is handled', async () => {
  const { receipt, log, onStatus } = await outcome({});
  expect([receipt?.status, onStatus.mock.calls.length, log.error.mock.calls.length]).toEqual([200, 1, 0]);
});

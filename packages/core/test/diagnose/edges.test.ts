// What a diagnosis says where there is nothing to verify, or where code of a provider fails.
import { expect, it, vi } from 'vitest';
import { diagnoseWithin } from '../../src/diagnose/diagnose.ts';
import { createCallStatus, diagnose, infobip, mycpaas, plivo, retell, telnyx, twilio, vapi } from '../../src/index.ts';
import type { AnyProviderDefinition } from '../../src/provider/definition.ts';
import { plainHttp } from './changes.ts';
import { type Factory, NOW, plain, rightSecretOf, sentBy } from './fault.ts';

/** The provider with other functions. */
function changed({ definition }: Factory, functions: Partial<AnyProviderDefinition>) {
  return { definition: { ...definition, ...functions } };
}

it('finds nothing where nothing is required', () => {
  const diagnosis = diagnose(sentBy(mycpaas), plain(mycpaas), { secrets: [], nowMs: NOW });
  expect(diagnosis).toMatchObject({ verdict: 'not_signed', verified: 'nothing', findings: [] });
});

it('cannot try a provider that verifies asynchronously', async () => {
  const provider = changed(twilio, { authenticate: () => Promise.reject(new Error('no key set')) });
  const { verdict, complete, findings } = diagnose(sentBy(twilio), provider, { secrets: ['any'], nowMs: NOW });
  expect({ verdict, complete }).toEqual({ verdict: 'unknown', complete: false });
  expect(findings.every(({ certain }) => !certain)).toBe(true);
  await Promise.resolve();
});

it('takes a failure of a provider for a mismatch', () => {
  const provider = changed(twilio, {
    authenticate: () => {
      throw new TypeError('not a callback');
    },
    diagnose: () => 'no list' as never,
  });
  expect(diagnose(sentBy(twilio), provider, { secrets: ['any'], nowMs: NOW }).verdict).toBe('mismatch');
});

it('asks a provider without a secret what it knows', () => {
  const provider = changed(mycpaas, { diagnose: () => [] });
  expect(diagnose(sentBy(mycpaas), provider, { secrets: ['another'], nowMs: NOW }).verdict).toBe('mismatch');
});

it('says what the provider says of a signature that it does not accept', () => {
  const { headers, ...request } = sentBy(plivo, 'hangup');
  const onlyOld = { 'x-plivo-signature-v3': undefined, 'x-plivo-signature-v2': 'b2xkLXNpZ25hdHVyZQ==' };
  const old = { ...request, headers: { ...headers, ...onlyOld } };
  const { findings } = diagnose(old, plain(plivo), { secrets: [rightSecretOf(plivo)], nowMs: NOW });
  expect(findings[0]).toMatchObject({ rule: 'signature_format', certain: false });
});

it('shows only the path of a request without a host', () => {
  const input = { secrets: [rightSecretOf(twilio)], nowMs: NOW };
  const { verdict, verified } = diagnose({ ...sentBy(twilio), origin: '' }, plain(twilio), input);
  expect(verdict).toBe('mismatch');
  expect(verified).toMatch(/^\/webhooks\/twilio /);
});

it('recognizes the callback of a provider whose secrets it does not have', () => {
  const input = { secrets: ['any'], nowMs: NOW, others: [{ provider: plain(telnyx) }] };
  const { findings } = diagnose(sentBy(telnyx, 'hangup'), plain(retell), input);
  expect(findings[0]).toMatchObject({ rule: 'other_provider', certain: false });
});

it('stops after any number of attempts', () => {
  for (let attempts = 1; attempts <= 120; attempts++) {
    const bounds = { attempts, ms: Number.POSITIVE_INFINITY };
    const input = { secrets: ['callback-user:another'], nowMs: NOW };
    const { tried } = diagnoseWithin(bounds, sentBy(infobip, 'finished'), plain(infobip), input);
    expect(tried).toBeLessThanOrEqual(attempts);
  }
});

it('is a part of the log line of a refused callback', async () => {
  const warn = vi.fn();
  const calls = createCallStatus({
    providers: [twilio({ authToken: rightSecretOf(twilio) })],
    log: { info() {}, warn, error() {} },
  });
  const request = plainHttp(sentBy(twilio));
  for (let times = 0; times < 3; times++) await calls.receive(request);
  await calls.close();
  const lines = warn.mock.calls.map(([, message]) => message);
  expect(lines).toContainEqual(expect.stringContaining('Found by trying: '));
  // Whether it was tried again or not, each line has advice.
  expect(lines).toEqual(Array(3).fill(expect.stringContaining('publicUrl')));
});

it('does not turn a forged request into an internal error', async () => {
  const calls = createCallStatus({ providers: [vapi({ secret: 'right' })], log: { info() {}, warn() {}, error() {} } });
  const fail = (): never => {
    throw new Error('the parser is lazy');
  };
  const { body: _, ...request } = sentBy(vapi, 'ended');
  const receipt = await calls
    .provider('vapi')
    .receive({ ...request, parsed: new Proxy({}, { get: fail, ownKeys: fail }) });
  expect(receipt).toMatchObject({ status: 403, error: { code: 'credentials_mismatch' } });
  await calls.close();
});

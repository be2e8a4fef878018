import { describe, expect, it } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';

const silent = { info() {}, warn() {}, error() {} };
const URL = 'https://example.com/hooks?a=1';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('fetch', () => {
  it('answers a callback, and leaves everything else with its body', async () => {
    const calls = createCallStatus({ providers: [mycpaas(), signalwire()], log: silent });
    const answer = await calls.fetch(
      new Request(URL, { method: 'POST', headers: FORM, body: 'CallSid=CA1&CallStatus=busy' }),
    );
    expect([answer?.status, await answer?.text()]).toEqual([200, '']);
    const other = new Request(URL, { method: 'POST', headers: FORM, body: 'a=1' });
    expect(await calls.fetch(other)).toBeUndefined();
    expect(await other.text()).toBe('a=1');
    expect(await calls.fetch(new Request(URL))).toBeUndefined();
    expect(await calls.fetch(new Request(URL, { method: 'DELETE' }))).toBeUndefined();
    await calls.close();
  });

  it('verifies the URL of the request, for one provider too', async () => {
    const urls: (string | undefined)[] = [];
    const calls = createCallStatus({ providers: [signalwire({ signingKey: 'x' })], log: silent });
    calls.onError(({ details }) => void urls.push(details.url));
    const headers = { ...FORM, 'x-signalwire-signature': 'x' };
    const request = new Request(URL, { method: 'POST', headers, body: 'CallSid=1&CallStatus=busy' });
    expect((await calls.provider('signalwire').fetch(request))?.status).toBe(403);
    await calls.close();
    expect(urls).toEqual(['https://example.com/hooks?a=…']);
  });

  it('rejects a body that was cut off, or read by other code', async () => {
    const codes: string[] = [];
    const calls = createCallStatus({ providers: [mycpaas()], log: silent, onError: ({ code }) => codes.push(code) });
    const body = new ReadableStream({
      pull() {
        throw new Error('The connection broke.');
      },
    });
    const broken = new Request(URL, { method: 'POST', headers: FORM, body, duplex: 'half' });
    expect((await calls.fetch(broken))?.status).toBe(400);
    const read = new Request(URL, { method: 'POST', headers: FORM, body: 'CallSid=CA1&CallStatus=busy' });
    await read.text();
    expect((await calls.fetch(read))?.status).toBe(403);
    expect(codes).toEqual(['body_aborted', 'body_consumed']);
    await calls.close();
  });

  it('takes a body of exactly the limit, and not one byte more', async () => {
    const calls = createCallStatus({ providers: [mycpaas()], log: silent, limits: { bytes: 27 } });
    for (const [body, status] of [
      ['CallSid=CA1&CallStatus=busy', 200],
      ['CallSid=CA12&CallStatus=busy', 413],
    ] as const) {
      expect((await calls.fetch(new Request(URL, { method: 'POST', headers: FORM, body })))?.status).toBe(status);
    }
    await calls.close();
  });
});

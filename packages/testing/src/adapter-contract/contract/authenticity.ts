import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { callback, genuine, PATH, SECRET } from '../callbacks.ts';
import type { Fixture } from '../fixtures.ts';
import { open, seen } from '../subject.ts';

const A = 'a5555555-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const ACCOUNT = '11111111-0000-4000-8000-000000000009';

type Fields = Readonly<Record<string, string>>;

/** What a stranger or a caller chooses changes neither what a proof covers, nor stops a genuine callback. */
export function testAuthenticity(adapter: Adapter, mount: Mount): void {
  describe('a SignalWire request', () => {
    const hidden = `CallSid${B}CallStatuscompletedTimestampx`;
    const own: Fields = {
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      CallSid: A,
      CallStatus: 'ringing',
      CallerName: hidden,
      To: 'x',
    };

    it.each<[string, string, string, string]>([
      [
        'the query',
        `${PATH}?order=17`,
        `?order=17AccountSid${ACCOUNT}ApiVersion2010-04-01CallSid${A}CallStatusringingCallerName`,
        '',
      ],
      [
        'a valueless query',
        `${PATH}?prod`,
        `?prodAccountSid${ACCOUNT}ApiVersion2010-04-01CallSid${A}CallStatusringingCallerName`,
        '',
      ],
      [
        'an empty query',
        `${PATH}?`,
        `?AccountSid${ACCOUNT}ApiVersion2010-04-01CallSid${A}CallStatusringingCallerName`,
        '',
      ],
      ['the query and names', `${PATH}?order=17`, `?order=17AccountSid${ACCOUNT}ApiVersion`, '2010-04-01CallSid'],
      ['names', PATH, '', 'AccountSid'],
    ])('whose fields are in %s tells of no other call', async (_, signedPath, query, first) => {
      const subject = await open(adapter, { mount: mount.name, named: 'signalwire' });
      const signature = sign(`${subject.origin}${signedPath}`, own);
      const text = Object.entries(own).flat().join('');
      const inBody = query === '' ? text : text.slice(textIn(query).length);
      const fields: [string, string][] = [];
      const start = inBody.indexOf(`CallSid${B}`);
      if (first !== '') fields.push([first, inBody.slice(first.length, start)]);
      fields.push(
        ['CallSid', B],
        ['CallStatus', 'completed'],
        ['Timestamp', inBody.slice(start + `CallSid${B}CallStatuscompletedTimestamp`.length)],
      );
      expect(fields.flat().join('')).toBe(inBody);
      const answer = await subject.send(form(fields, `${PATH}${query}`, signature));
      expect([403, 201]).toContain(answer.status);
      if (mount.callbackOnly) expect([answer.status, subject.errors.at(-1)?.code]).toEqual([403, 'signature_mismatch']);
      expect(subject.events).toEqual([]);
    });

    it('tells of its own call, whoever calls from wherever', async () => {
      const subject = await open(adapter, { mount: mount.name, named: 'signalwire' });
      const words = [
        'CallSid',
        'CallStatus',
        `sip:CallStatus@x.example`,
        `CallSid${B}CallStatuscompleted`,
        `sip:AccountSid${ACCOUNT}CallSid${B}CallStatusbusy@x`,
        'DialCallStatus',
        'Digits1',
      ];
      const rest = {
        AccountSid: ACCOUNT,
        CallbackSource: 'call-progress-events',
        CallStatus: 'completed',
        Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000',
      };
      let call = 0;
      for (const word of words) {
        for (const name of ['CallerName', 'From', 'ForwardedFrom', 'To', 'XCustom']) {
          const CallSid = A.replace(/\d{3}$/, String(++call).padStart(3, '0'));
          const fields = { ...rest, CallSid, [name]: word };
          const answer = await subject.send(
            form(Object.entries(fields), PATH, sign(`${subject.origin}${PATH}`, fields)),
          );
          expect([name, word, answer.status]).toEqual([name, word, 200]);
        }
      }
      const events = await subject.handled(call);
      expect(new Set(events.map(({ callId, status }) => `${callId.slice(0, -3)} ${status}`))).toEqual(
        new Set([`${A.slice(0, -3)} completed`]),
      );
      expect(subject.errors).toEqual([]);
    });

    it.each([
      '?parentCallSid=x',
      `?CallSid=${B}`,
      '?CallStatus=x',
      '?note=CallSid&other=CallStatus',
      `?AccountSid=${ACCOUNT}`,
    ])('may have %s of its own in its URL', async (query) => {
      const subject = await open(adapter, { mount: mount.name, named: 'signalwire' });
      const answer = await subject.deliver(callback('signalwire', { query: query.slice(1) }));
      expect([answer.status, subject.errors]).toEqual([200, []]);
    });

    it.each(['other.example/tenantA', 'x/?y=', 'x/#', 'user@other.example', 'a.example, b.example', 'a.example:x'])(
      'is refused under the host %s',
      async (host) => {
        const subject = await open(adapter, { mount: mount.name, named: 'signalwire' });
        const { url, headers, ...made } = genuine(callback('signalwire'), `http://${host}`);
        const { method, body } = made;
        const answer = await subject.send({ method, body, url, headers: { ...headers, host } });
        expect([answer.status, subject.errors.at(-1)?.code]).toEqual([403, 'invalid_host']);
        expect(subject.events).toEqual([]);
      },
    );

    it.each([
      { 'x-forwarded-proto': 'https://x/y' },
      { 'x-forwarded-host': 'other.example/tenantA' },
      { 'x-forwarded-host': 'x/?y=' },
    ])('is refused behind a trusted proxy that says %o', async (forwarded) => {
      const subject = await open(adapter, { mount: mount.name, named: 'signalwire', trustProxy: true });
      const origin = `${forwarded['x-forwarded-proto'] ?? 'http'}://${forwarded['x-forwarded-host'] ?? subject.origin.slice(7)}`;
      const made = genuine(callback('signalwire'), origin);
      const answer = await subject.send({ ...made, headers: { ...made.headers, ...forwarded } });
      expect(answer.status).toBe(403);
      expect(subject.events).toEqual([]);
    });
  });

  describe.runIf(mount.callbackOnly)('a request with a wrong token is refused as that,', () => {
    const edits: readonly [string, Partial<Fixture>][] = [
      ['malformed', { headers: { 'content-type': 'application/json' }, body: Buffer.from('{') }],
      ['too large', { body: Buffer.alloc(70_000, 'a') }],
      ['many times too large', { body: Buffer.alloc(2_000_000, 'a') }],
      ['with too many fields', { body: Buffer.from('a=1&'.repeat(2000)) }],
      ['nested too deep', { body: Buffer.from(`a${'[b]'.repeat(30)}=1`) }],
      ['of another type', { headers: { 'content-type': 'text/plain' } }],
      ['of a type that is none', { headers: { 'content-type': '//' } }],
      ['compressed', { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }],
      ['without a call', { body: Buffer.from('CallStatus=completed') }],
      ['another message', { body: Buffer.from('CallSid=CA1&CallStatus=in-progress&Digits=1') }],
      ['with too many parameters', { url: `${PATH}?token=x&${'a=1&'.repeat(1500)}` }],
    ];
    it.each(edits)('also when it is %s', async (_, edit) => {
      for (const named of ['exotel', 'mycpaas']) {
        const subject = await open(adapter, { mount: mount.name, named });
        const made = { ...callback(named, { encoding: 'form' }), url: `${PATH}?token=x`, ...edit };
        const answer = await subject.send(made);
        expect([answer.status, subject.errors.map(({ code }) => code)]).toEqual([403, ['token_mismatch']]);
        expect(subject.reached()).toBe(0);
      }
    });
  });

  describe.runIf(mount.callbackOnly)('another message of a provider', () => {
    it.each([
      callback('signalwire', { more: { DialCallStatus: 'completed' } }),
      callback('exotel', { encoding: 'form', status: 'busy', more: { EventType: 'Dial' } }),
      callback('mycpaas', { more: { Digits: '1' } }),
      callback('voicedock', { more: { message: { type: 'tool-calls', call: { id: 'c', status: 'x' } } } }),
    ])('is passed on only when it is proved: $provider', async (made) => {
      const subject = await open(adapter, { mount: mount.name, named: made.provider });
      expect((await subject.send(made)).status).toBe(403);
      expect((await subject.send(genuine(made, subject.origin, 'another secret'))).status).toBe(403);
      expect(subject.reached()).toBe(0);
      expect(seen(await subject.deliver(made)).bytes).toBe(made.body.length);
      expect(subject.events).toEqual([]);
    });
  });
}

/** What of the signed text is in a query. */
function textIn(query: string): string {
  return query.replace(/^\?(?:order=17|prod)?/, '');
}

function sign(url: string, fields: Fields): string {
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`);
  return createHmac('sha1', SECRET)
    .update([url, ...text].join(''))
    .digest('base64');
}

function form(fields: readonly (readonly [string, string])[], url: string, signature: string) {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-signalwire-signature': signature },
    body: Buffer.from(
      new URLSearchParams([...fields].map(([name, value]): [string, string] => [name, value])).toString(),
    ),
  };
}

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import { callback, genuine, PATH, SECRET } from '../callbacks.ts';
import { seen } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

const A = 'a5555555-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const ACCOUNT = '11111111-0000-4000-8000-000000000009';

type Fields = Readonly<Record<string, string>>;

/** What a stranger or a caller chooses changes neither what a proof covers, nor stops a genuine callback. */
export function testAuthenticity({ mount, describe, it, each }: AdapterSuite): void {
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

    each<readonly [string, string, string, string]>(
      [
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
      ],
      ([value]) => `whose fields are in ${value} tells of no other call`,
      async (open, [_, signedPath, query, first]) => {
        const subject = await open({ named: 'signalwire' });
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
        assert.equal(fields.flat().join(''), inBody);
        const answer = await subject.send(form(fields, `${PATH}${query}`, signature));
        assert.ok([403, 201].includes(answer.status));
        if (mount.callbackOnly)
          assert.deepEqual([answer.status, subject.errors.at(-1)?.code], [403, 'signature_mismatch']);
        assert.deepEqual(subject.events, []);
      },
    );

    it('reports only its own call, from whatever number', async (open) => {
      const subject = await open({ named: 'signalwire' });
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
          assert.deepEqual([name, word, answer.status], [name, word, 200]);
        }
      }
      const events = await subject.handled(call);
      assert.deepEqual(
        new Set(events.map(({ callId, status }) => `${callId.slice(0, -3)} ${status}`)),
        new Set([`${A.slice(0, -3)} completed`]),
      );
      assert.deepEqual(subject.errors, []);
    });

    each(
      [
        '?parentCallSid=x',
        `?CallSid=${B}`,
        '?CallStatus=x',
        '?note=CallSid&other=CallStatus',
        `?AccountSid=${ACCOUNT}`,
      ],
      (value) => `may have ${value} of its own in its URL`,
      async (open, query) => {
        const subject = await open({ named: 'signalwire' });
        const answer = await subject.deliver(callback('signalwire', { query: query.slice(1) }));
        assert.deepEqual([answer.status, subject.errors], [200, []]);
      },
    );

    each(
      ['other.example/tenantA', 'x/?y=', 'x/#', 'user@other.example', 'a.example, b.example', 'a.example:x'],
      (value) => `is refused under the host ${value}`,
      async (open, host) => {
        const subject = await open({ named: 'signalwire' });
        const { url, headers, ...made } = genuine(callback('signalwire'), `http://${host}`);
        const { method, body } = made;
        const answer = await subject.send({ method, body, url, headers: { ...headers, host } });
        assert.deepEqual([answer.status, subject.errors.at(-1)?.code], [403, 'invalid_host']);
        assert.deepEqual(subject.events, []);
      },
    );

    each(
      [
        { 'x-forwarded-proto': 'https://x/y' },
        { 'x-forwarded-host': 'other.example/tenantA' },
        { 'x-forwarded-host': 'x/?y=' },
      ],
      (value) => `is refused behind a trusted proxy that says ${JSON.stringify(value)}`,
      async (open, forwarded) => {
        const subject = await open({ named: 'signalwire', trustProxy: true });
        const origin = `${forwarded['x-forwarded-proto'] ?? 'http'}://${forwarded['x-forwarded-host'] ?? subject.origin.slice(7)}`;
        const made = genuine(callback('signalwire'), origin);
        const answer = await subject.send({ ...made, headers: { ...made.headers, ...forwarded } });
        assert.equal(answer.status, 403);
        assert.deepEqual(subject.events, []);
      },
    );
  });

  if (!mount.callbackOnly) return;

  describe('a request with a wrong token is refused as that,', () => {
    const edits: readonly [string, Partial<Fixture>][] = [
      ['malformed', { headers: { 'content-type': 'application/json' }, body: Buffer.from('{') }],
      ['too large', { body: Buffer.alloc(70_000, 'a') }],
      ['many times too large', { body: Buffer.alloc(2_000_000, 'a') }],
      ['with too many fields', { body: Buffer.from('a=1&'.repeat(2000)) }],
      ['nested too deep', { body: Buffer.from(`a${'[b]'.repeat(30)}=1`) }],
      ['of another type', { headers: { 'content-type': 'text/plain' } }],
      ['of an invalid type', { headers: { 'content-type': '//' } }],
      ['compressed', { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }],
      ['without a call', { body: Buffer.from('CallStatus=completed') }],
      ['another message', { body: Buffer.from('CallSid=CA1&CallStatus=in-progress&Digits=1') }],
      ['with too many parameters', { url: `${PATH}?token=x&${'a=1&'.repeat(1500)}` }],
    ];
    each(
      edits,
      ([value]) => `also when it is ${value}`,
      async (open, [_, edit]) => {
        for (const named of ['exotel', 'mycpaas']) {
          const subject = await open({ named });
          const made = { ...callback(named, { encoding: 'form' }), url: `${PATH}?token=x`, ...edit };
          const answer = await subject.send(made);
          assert.deepEqual([answer.status, subject.errors.map(({ code }) => code)], [403, ['token_mismatch']]);
          assert.equal(subject.reached(), 0);
        }
      },
    );
  });

  describe('another message of a provider', () => {
    each(
      [
        callback('signalwire', { more: { DialCallStatus: 'completed' } }),
        callback('exotel', { encoding: 'form', status: 'busy', more: { EventType: 'Dial' } }),
        callback('mycpaas', { more: { Digits: '1' } }),
        callback('voicedock', { more: { message: { type: 'tool-calls', call: { id: 'c', status: 'x' } } } }),
      ],
      (row) => `is passed on only when it is proved: ${row.provider}`,
      async (open, made) => {
        const subject = await open({ named: made.provider });
        assert.equal((await subject.send(made)).status, 403);
        assert.equal((await subject.send(genuine(made, subject.origin, 'another secret'))).status, 403);
        assert.equal(subject.reached(), 0);
        assert.equal(seen(await subject.deliver(made)).bytes, made.body.length);
        assert.deepEqual(subject.events, []);
      },
    );
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

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { assertMatches } from '../../assertions.ts';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import type { Parser } from '../adapter.ts';
import { ANSWER_EARLY, type Seen, sha256 } from '../application.ts';
import { callback, PATH } from '../callbacks.ts';
import type { Outgoing } from '../client.ts';
import { seen } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

/** Requests other than call status callbacks reach the application as if call-status were not there. */
export function testPassingOn({ adapter, mount, describe, it, each }: AdapterSuite): void {
  // A URL that is only for callbacks gets nothing else.
  const paths = mount.callbackOnly ? ['/elsewhere'] : ['/elsewhere', PATH];

  for (const path of paths)
    describe(`leaves to the application, at ${path},`, () => {
      each(
        OTHERS,
        (row) => `${row.name}, byte for byte`,
        async (open, { request: { method, headers, body, chunked } }) => {
          const subject = await open();
          for (let time = 1; time <= 2; time++) {
            const answer = await subject.send({ method, url: `${path}?a=1`, headers, body, chunked });
            assert.deepEqual([answer.status, answer.reused], [201, time === 2]);
            assert.deepEqual(seen(answer), {
              method,
              event: null,
              parsed: null,
              bytes: body.length,
              sha256: sha256(body),
            });
          }
          assert.deepEqual(subject.errors, []);
          assert.deepEqual(subject.events, []);
        },
      );

      each(
        adapter.parsers,
        (row) => `what ${row.name} then reads`,
        async (open, parser) => {
          const subject = await open({ parser: parser.name, order: 'after' });
          for (const kind of parser.reads) {
            const { headers, body } = callback('exotel', { encoding: kind, status: 'free' });
            const answer = await subject.send({ method: 'POST', url: path, headers, body });
            assert.equal(answer.status, 201);
            assertMatches(seen(answer), { event: null, ...readBy(parser, body) });
          }
          if (!parser.reads.includes('form')) return;
          // Checking a request for a body that it does not have must not make the parser wait forever.
          const empty = { method: 'POST', url: path, headers: { 'content-type': FORM } };
          assert.equal((await subject.send(empty)).status, 201);
        },
      );

      each(
        adapter.parsers,
        (row) => `what ${row.name} has read`,
        async (open, parser) => {
          const subject = await open({ parser: parser.name, order: 'before' });
          for (const kind of parser.reads) {
            const { headers, body } = callback('exotel', { encoding: kind, status: 'free' });
            const answer = await subject.send({ method: 'POST', url: path, headers, body });
            assert.equal(answer.status, 201);
            assertMatches(seen(answer), { event: null, ...readBy(parser, body) });
          }
        },
      );

      it('a request that is still on its way', async (open) => {
        const subject = await open();
        const headers = { 'content-type': 'application/octet-stream', [ANSWER_EARLY]: 'yes' };
        const req = request({ port: subject.port, host: '127.0.0.1', method: 'POST', path, headers });
        req.write('the first half');
        const [res] = await once(req, 'response');
        assert.equal(res.statusCode, 201);
        req.destroy();
      });
    });

  describe('leaves to the application', () => {
    each(
      OTHER_MESSAGES,
      (row) => `${row.name}, and does not acknowledge it`,
      async (open, { made }) => {
        const subject = await open();
        const answer = await subject.deliver(made);
        assert.deepEqual([answer.status, subject.errors], [201, []]);
        assertMatches(seen(answer), { event: null, bytes: made.body.length, sha256: sha256(made.body) });

        if (made.provider === 'signalwire' || mount.callbackOnly) {
          const named = await open({ named: made.provider });
          assertMatches(seen(await named.deliver(made)), { event: null, sha256: sha256(made.body) });
        }
        assert.deepEqual(subject.events, []);
      },
    );

    if (!mount.callbackOnly)
      it('a short body only when all of it has come, even to a route that does not read it', async (open) => {
        const subject = await open();
        const headers = { 'content-type': 'application/json', 'content-length': '12', [ANSWER_EARLY]: 'yes' };
        const req = request({ port: subject.port, host: '127.0.0.1', method: 'POST', path: PATH, headers });
        req.write('{"a": ');
        // Once later requests are answered, the first half has been processed.
        for (let others = 1; others <= 3; others++) {
          assert.equal((await subject.send({ method: 'GET', url: PATH })).status, 201);
          assert.equal(subject.reached(), others);
        }
        req.end('"bcd"}');
        const [res] = await once(req, 'response');
        assert.deepEqual([res.statusCode, subject.reached()], [201, 4]);
        req.destroy();
      });

    it('another method', async (open) => {
      // A GET to SignalWire's URL without a call and a signature comes from a browser.
      for (const named of ['signalwire', 'voicedock', undefined]) {
        const subject = await open({ ...(named && { named }) });
        for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
          const answer = await subject.send({ method, url: PATH });
          assert.deepEqual([method, answer.status], [method, 201]);
        }
        assert.deepEqual(subject.errors, []);
      }
    });
  });

  it('ends the chain after its answer', async (open) => {
    const subject = await open();
    const answers = [await subject.deliver(callback('signalwire')), await subject.send(callback('signalwire'))];
    // A second answer by the application would have failed, since the headers were sent.
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [
        [200, ''],
        [403, ''],
      ],
    );
    assert.equal(subject.reached(), 0);
  });
}

/** What the application sees of a body that its parser has read. */
function readBy({ leavesWhole = false }: Parser, body: Uint8Array): Partial<Seen> {
  if (leavesWhole) return { bytes: body.length, sha256: sha256(body) };
  return { bytes: 0, parsed: { Status: 'free', From: '+12025550101' } };
}

const FORM = 'application/x-www-form-urlencoded';

interface Other {
  readonly name: string;
  readonly request: Required<Omit<Outgoing, 'url'>>;
}

function other(name: string, type: string, body: Buffer, more: { method?: string; chunked?: boolean } = {}): Other {
  return { name, request: { method: 'POST', chunked: false, headers: { 'content-type': type }, body, ...more } };
}

/** Every byte value, so that decoding and encoding in between shows. */
function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length: 1 << 16 }, (_, index) => index & 255)).subarray(0, length);
}

function upload(): Buffer {
  const megabyte = Buffer.concat(Array.from({ length: 16 }, () => bytes(1 << 16)));
  return Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'),
    ...Array.from({ length: 10 }, () => megabyte),
    Buffer.from('\r\n--b--\r\n'),
  ]);
}

const OTHERS: readonly Other[] = [
  other('an upload of 10 MB', 'multipart/form-data; boundary=b', upload()),
  other('an upload of unknown length', 'multipart/form-data; boundary=b', upload(), { chunked: true }),
  other(
    'a small upload',
    'multipart/form-data; boundary=b',
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'),
  ),
  other('a JSON text', 'application/json', Buffer.from('{"CallSid":"not one of ours","Status":true}')),
  other('a malformed JSON text', 'application/json', Buffer.from('{"CallSid":')),
  other('a JSON text in chunks', 'application/json', Buffer.from('{"a":[1,2,3]}'), { chunked: true }),
  other('a form', FORM, Buffer.from('CallSid=CA1&Body=hello&a=1&a=%ff')),
  other('an empty form', FORM, Buffer.alloc(0)),
  other('a form of exactly the maximum size', FORM, Buffer.alloc(65_536, 'a')),
  other('a large form', FORM, Buffer.alloc(200_000, 'a=1&')),
  other('bytes', 'application/octet-stream', bytes(70_000)),
  other('a stream of bytes', 'application/octet-stream', bytes(70_000), { chunked: true }),
  other('a page', '', Buffer.alloc(0), { method: 'GET' }),
  other('something to put', 'application/json', Buffer.from('{"CallSid":"CA1","CallStatus":"completed"}'), {
    method: 'PUT',
  }),
];

const OTHER_MESSAGES: readonly { readonly name: string; readonly made: Fixture }[] = [
  {
    name: 'the tool calls of VoiceDock',
    made: callback('voicedock', {
      more: {
        message: { type: 'tool-calls', call: { id: 'call-1', status: 'in-progress' }, tool_calls: [{ id: '1' }] },
      },
    }),
  },
  {
    name: 'the assistant requests of VoiceDock',
    made: callback('voicedock', { more: { message: { type: 'assistant-request', call: { id: 'call-1' } } } }),
  },
  {
    name: "Exotel's popups for agents",
    made: callback('exotel', {
      encoding: 'form',
      status: 'busy',
      more: { EventType: 'Dial', DialWhomNumber: '+12025550103' },
    }),
  },
  {
    name: "Exotel's popups for agents, as multipart",
    made: callback('exotel', { status: 'busy', more: { EventType: 'Dial' } }),
  },
  {
    name: 'the action of <Dial> of SignalWire',
    made: callback('signalwire', { status: 'in-progress', more: { DialCallStatus: 'completed', DialCallSid: 'x' } }),
  },
  {
    name: 'the action of <Dial> of SignalWire, by GET',
    made: callback('signalwire', { encoding: 'query', more: { DialCallStatus: 'completed' } }),
  },
];

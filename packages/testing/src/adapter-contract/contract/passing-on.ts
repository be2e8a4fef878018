import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount, Parser } from '../adapter.ts';
import { ANSWER_EARLY, type Seen, sha256 } from '../application.ts';
import { callback, PATH } from '../callbacks.ts';
import type { Outgoing } from '../client.ts';
import type { Fixture } from '../fixtures.ts';
import { open, seen } from '../subject.ts';

/** What is not a call status callback arrives in the application as if call-status were not there. */
export function testPassingOn(adapter: Adapter, mount: Mount): void {
  // A URL that exists for callbacks alone gets nothing else.
  const paths = mount.callbackOnly ? ['/elsewhere'] : ['/elsewhere', PATH];

  describe.each(paths)('leaves to the application, at %s,', (path) => {
    it.each(OTHERS)('$name, byte for byte', async ({ request: { method, headers, body, chunked } }) => {
      const subject = await open(adapter, { mount: mount.name });
      for (let time = 1; time <= 2; time++) {
        const answer = await subject.send({ method, url: `${path}?a=1`, headers, body, chunked });
        expect([answer.status, answer.reused]).toEqual([201, time === 2]);
        expect(seen(answer)).toEqual({
          method,
          event: null,
          parsed: null,
          bytes: body.length,
          sha256: sha256(body),
        });
      }
      expect(subject.errors).toEqual([]);
      expect(subject.events).toEqual([]);
    });

    it.each(adapter.parsers)('what $name then reads', async (parser) => {
      const subject = await open(adapter, { mount: mount.name, parser: parser.name, order: 'after' });
      for (const kind of parser.reads) {
        const { headers, body } = callback('exotel', { encoding: kind, status: 'free' });
        const answer = await subject.send({ method: 'POST', url: path, headers, body });
        expect(answer.status).toBe(201);
        expect(seen(answer)).toMatchObject({ event: null, ...readBy(parser, body) });
      }
      if (!parser.reads.includes('form')) return;
      // A body that is looked for, and not there, must not make the parser wait for its end.
      const empty = { method: 'POST', url: path, headers: { 'content-type': FORM } };
      expect((await subject.send(empty)).status).toBe(201);
    });

    it.each(adapter.parsers)('what $name has read', async (parser) => {
      const subject = await open(adapter, { mount: mount.name, parser: parser.name, order: 'before' });
      for (const kind of parser.reads) {
        const { headers, body } = callback('exotel', { encoding: kind, status: 'free' });
        const answer = await subject.send({ method: 'POST', url: path, headers, body });
        expect(answer.status).toBe(201);
        expect(seen(answer)).toMatchObject({ event: null, ...readBy(parser, body) });
      }
    });

    it('a request that is still on its way', async () => {
      const subject = await open(adapter, { mount: mount.name });
      const headers = { 'content-type': 'application/octet-stream', [ANSWER_EARLY]: 'yes' };
      const req = request({ port: subject.port, host: '127.0.0.1', method: 'POST', path, headers });
      req.write('the first half');
      const [res] = await once(req, 'response');
      expect(res.statusCode).toBe(201);
      req.destroy();
    });
  });

  describe('leaves to the application', () => {
    it.each(OTHER_MESSAGES)('$name, and does not acknowledge it', async ({ made }) => {
      const subject = await open(adapter, { mount: mount.name });
      const answer = await subject.deliver(made);
      expect([answer.status, subject.errors]).toEqual([201, []]);
      expect(seen(answer)).toMatchObject({ event: null, bytes: made.body.length, sha256: sha256(made.body) });

      if (made.provider === 'signalwire' || mount.callbackOnly) {
        const named = await open(adapter, { mount: mount.name, named: made.provider });
        expect(seen(await named.deliver(made))).toMatchObject({ event: null, sha256: sha256(made.body) });
      }
      expect(subject.events).toEqual([]);
    });

    it.skipIf(mount.callbackOnly)(
      'a short body only when all of it has come, even to a route that does not read it',
      async () => {
        const subject = await open(adapter, { mount: mount.name });
        const headers = { 'content-type': 'application/json', 'content-length': '12', [ANSWER_EARLY]: 'yes' };
        const req = request({ port: subject.port, host: '127.0.0.1', method: 'POST', path: PATH, headers });
        req.write('{"a": ');
        // Whatever was to happen to the first half has happened when others have their answers.
        for (let others = 1; others <= 3; others++) {
          expect((await subject.send({ method: 'GET', url: PATH })).status).toBe(201);
          expect(subject.reached()).toBe(others);
        }
        req.end('"bcd"}');
        const [res] = await once(req, 'response');
        expect([res.statusCode, subject.reached()]).toEqual([201, 4]);
        req.destroy();
      },
    );

    it('another method', async () => {
      // A GET of SignalWire without a call and a signature is that of a visitor.
      for (const named of ['signalwire', 'voicedock', undefined]) {
        const subject = await open(adapter, { mount: mount.name, ...(named && { named }) });
        for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
          const answer = await subject.send({ method, url: PATH });
          expect([method, answer.status]).toEqual([method, 201]);
        }
        expect(subject.errors).toEqual([]);
      }
    });
  });

  it('ends the chain after its answer', async () => {
    const subject = await open(adapter, { mount: mount.name });
    const answers = [await subject.deliver(callback('signalwire')), await subject.send(callback('signalwire'))];
    // Had the application answered too, the server would have failed: its headers were sent.
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, ''],
      [403, ''],
    ]);
    expect(subject.reached()).toBe(0);
  });
}

/** What the application finds of a body that its parser has read. */
function readBy({ leavesWhole = false }: Parser, body: Buffer): Partial<Seen> {
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

/** Every byte value, so that nobody decodes and encodes in between. */
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
  other('an upload whose length nobody knows', 'multipart/form-data; boundary=b', upload(), { chunked: true }),
  other(
    'a small upload',
    'multipart/form-data; boundary=b',
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'),
  ),
  other('a JSON text', 'application/json', Buffer.from('{"CallSid":"not one of ours","Status":true}')),
  other('a JSON text that is broken', 'application/json', Buffer.from('{"CallSid":')),
  other('a JSON text in chunks', 'application/json', Buffer.from('{"a":[1,2,3]}'), { chunked: true }),
  other('a form', FORM, Buffer.from('CallSid=CA1&Body=hello&a=1&a=%ff')),
  other('a form that is empty', FORM, Buffer.alloc(0)),
  other('a form of just as many bytes as are allowed', FORM, Buffer.alloc(65_536, 'a')),
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
    name: 'what SignalWire asks after <Dial>',
    made: callback('signalwire', { status: 'in-progress', more: { DialCallStatus: 'completed', DialCallSid: 'x' } }),
  },
  {
    name: 'what SignalWire asks after <Dial>, by GET',
    made: callback('signalwire', { encoding: 'query', more: { DialCallStatus: 'completed' } }),
  },
];

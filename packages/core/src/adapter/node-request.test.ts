import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { connect as connectSecond, createServer as createSecondServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Receipt } from '../callback-request.ts';
import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { createCallStatus } from '../index.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';
import type { CallbackReceiver } from '../receiver/types.ts';
import { contentLength, peekBody } from './body.ts';
import { isAnswer, type NodeRequest, receiveNode, toEndpoint, whenAnswered } from './node-request.ts';

const silent = { info() {}, warn() {}, error() {} };
const LIMIT = 100;

/** Starts a server of HTTP/1 or 2, and returns its port and what its first request made of it. */
async function serve<T>(handle: (req: IncomingMessage, res: ServerResponse) => Promise<T>, version: 1 | 2 = 1) {
  let settle: (result: Promise<T>) => void;
  const result = new Promise<T>((resolve) => {
    settle = resolve;
  });
  const onRequest = (req: unknown, res: unknown): void => settle(handle(req as IncomingMessage, res as ServerResponse));
  const server = version === 1 ? createServer(onRequest) : createSecondServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, result };
}

/** Sends the head, and then each piece of the body on its own. */
async function post(port: number, pieces: readonly string[], headers: Record<string, string | number> = {}) {
  const req = request({ port, host: '127.0.0.1', method: 'POST', headers });
  req.on('error', () => {});
  req.flushHeaders();
  for (const piece of pieces) {
    await new Promise((resolve) => req.write(piece, resolve));
    await new Promise(setImmediate);
  }
  return req;
}

const READERS: readonly [string, (req: IncomingMessage) => Promise<string>][] = [
  [
    'data and end events',
    (req) =>
      new Promise((resolve) => {
        let text = '';
        req.on('data', (chunk) => {
          text += chunk;
        });
        req.on('end', () => resolve(text));
      }),
  ],
  [
    'an async iterator',
    async (req) => {
      let text = '';
      for await (const chunk of req) text += chunk;
      return text;
    },
  ],
  [
    'a later turn',
    async (req) => {
      await new Promise(setImmediate);
      let text = '';
      for await (const chunk of req) text += chunk;
      return text;
    },
  ],
  ['the same again', async (req) => String(await peek(req))],
];

describe('peekBody', () => {
  it.each(READERS)('leaves the body to %s', async (_, read) => {
    const { port, result } = await serve(async (req) => [String(await peek(req)), await read(req)]);
    const req = await post(port, ['a=1', '&b=2', '&c=3']);
    req.end();
    expect(await result).toEqual(['a=1&b=2&c=3', 'a=1&b=2&c=3']);
  });

  it('reads a body that was there before anybody looked', async () => {
    const { port, result } = await serve(async (req) => {
      while (!req.complete) await new Promise(setImmediate);
      return String(await peek(req));
    });
    (await post(port, [])).end('a=1');
    expect(await result).toBe('a=1');
  });

  it.each([
    ['no body', {}, ''],
    ['an empty body', { 'content-length': 0 }, ''],
  ])('leaves %s alone', async (_, headers, body) => {
    const { port, result } = await serve(async (req) => [String(await peek(req)), req.readableDidRead]);
    const req = request({ port, host: '127.0.0.1', method: 'GET', headers });
    req.on('error', () => {});
    req.end(body);
    expect(await result).toEqual(['', false]);
  });

  it('finds nothing in chunks that are none, early and late', async () => {
    for (const late of [false, true]) {
      const { port, result } = await serve(async (req) => {
        while (late && !req.complete) await new Promise(setImmediate);
        return String(await peek(req));
      });
      const socket = connect(port, '127.0.0.1');
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write('0\r\n\r\n');
      expect(await result).toBe('');
      socket.destroy();
    }
  });

  it('has the bytes even where somebody set an encoding, and leaves the text', async () => {
    const { port, result } = await serve(async (req) => {
      req.setEncoding('latin1');
      const peeked = String(await peek(req));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [peeked, text];
    });
    const req = await post(port, ['é=1', '&b=2']);
    req.end();
    expect(await result).toEqual(['é=1&b=2', Buffer.from('é=1&b=2').toString('latin1')]);
  });

  it('takes a body of exactly the limit, and leaves a longer one readable', async () => {
    for (const [length, outcome] of [
      [LIMIT, 'a'.repeat(LIMIT)],
      [LIMIT + 1, 'body_too_large'],
    ] as const) {
      for (const headers of [{ 'content-length': length }, { 'transfer-encoding': 'chunked' }]) {
        const { port, result } = await serve(async (req) => {
          const read = await peek(req);
          const peeked = read instanceof CallStatusError ? read.code : String(read);
          let text = '';
          for await (const chunk of req) text += chunk;
          return [peeked, text];
        });
        const req = await post(port, ['a'.repeat(length)], headers);
        req.end();
        expect(await result).toEqual([outcome, 'a'.repeat(length)]);
      }
    }
  });

  it('tells of a client that went away, before or after anybody looked', async () => {
    for (const late of [false, true]) {
      const { port, result } = await serve(async (req) => {
        if (late) await new Promise((resolve) => req.once('close', resolve));
        return peek(req);
      });
      const req = await post(port, ['a=1'], { 'content-length': 50 });
      req.destroy();
      expect(await result).toMatchObject({ code: 'body_aborted' });
    }
  });
});

describe('receiveNode', () => {
  const calls = () => createCallStatus({ providers: [mycpaas()], log: silent, worker: false });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    ['a string', 'CallSid=CA1&CallStatus=busy'],
    ['bytes', Buffer.from('CallSid=CA1&CallStatus=busy')],
  ])('prefers what an earlier parser kept: %s', async (_, rawBody) => {
    const endpoint = calls();
    const { port, result } = await serve((req, res) =>
      receive(endpoint, given(req, res, { rawBody, parsed: { CallSid: 'another' } })),
    );
    (await post(port, [], form)).end('CallSid=unread');
    expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
  });

  it.each([
    ['a text', 'CallSid=CA1&CallStatus=busy'],
    ['bytes', Buffer.from('CallSid=CA1&CallStatus=busy')],
  ])('takes what an earlier parser left in the place of fields for the body: %s', async (_, parsed) => {
    const endpoint = calls();
    const { port, result } = await serve(async (req, res) => {
      for await (const _chunk of req);
      return receive(endpoint, given(req, res, { parsed }));
    });
    (await post(port, [], form)).end('CallSid=read');
    expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
  });

  it('reads the body where an earlier parser left an empty text', async () => {
    const { port, result } = await serve((req, res) => receive(calls(), given(req, res, { rawBody: '', parsed: '' })));
    (await post(port, [], form)).end('CallSid=CA1&CallStatus=busy');
    expect((await result)?.event?.callId).toBe('CA1');
  });

  it('takes what was parsed only if the body was read', async () => {
    for (const [read, callId] of [
      [true, 'parsed'],
      [false, 'unread'],
    ] as const) {
      const { port, result } = await serve(async (req, res) => {
        if (read) for await (const _ of req);
        const parsed = { CallSid: 'parsed', CallStatus: 'busy' };
        return receive(calls(), given(req, res, { parsed, rawBody: 7 }));
      });
      (await post(port, [], form)).end('CallSid=unread&CallStatus=busy');
      expect((await result)?.event?.callId).toBe(callId);
    }
  });

  it.each([
    ['all at once', ['CallSid=CA1&CallStatus=busy']],
    ['in pieces', ['CallSid=CA1', '&CallStatus=busy']],
  ])('tells of an endpoint that throws, of a body that comes %s', async (_, pieces) => {
    const failure = new Error('not ours');
    const endpoint: CallbackReceiver = Object.assign(Object.create(calls()), {
      receive: () => {
        throw failure;
      },
    });
    const { port, result } = await serve((req, res) => receive(endpoint, given(req, res, {})).catch((error) => error));
    const [first = '', ...others] = pieces;
    const req = request({ port, host: '127.0.0.1', method: 'POST', headers: { ...form, 'content-length': 27 } });
    req.on('error', () => {});
    req.write(first);
    for (const piece of others) await new Promise((resolve) => setTimeout(() => req.write(piece, resolve), 20));
    req.end();
    expect(await result).toBe(failure);
  });

  it.each([
    ['at once', 'secret'],
    ['after a while', async () => 'secret'],
  ])('puts back what it leaves to the application, when the token is known %s', async (_, token) => {
    const endpoint = createCallStatus({ providers: [exotel({ token })], log: silent, worker: false });
    const body = 'CallSid=1&EventType=Dial&Status=busy';
    const { port, result } = await serve(async (req, res) => {
      const receipt = await receive(endpoint, given(req, res, { url: '/?token=secret' }));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [receipt, text];
    });
    const req = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { ...form, 'content-length': body.length },
    });
    req.on('error', () => {});
    req.end(body);
    expect(await result).toEqual([undefined, body]);
  });

  it('leaves a stream that looks read, which node cannot undo', async () => {
    const { port, result } = await serve(async (req, res) => {
      const receipt = await receive(calls(), given(req, res, { callbackOnly: false }));
      return [receipt, req.readableDidRead, await text(req)];
    });
    (await post(port, [], { ...form, 'content-length': 3 })).end('a=1');
    expect(await result).toEqual([undefined, true, 'a=1']);
  });

  it('puts back a signed message of which it knows later that it is not ours', async () => {
    const endpoint = createCallStatus({
      providers: [voicedock({ secret: async () => 'secret' })],
      log: silent,
      worker: false,
    });
    const body = JSON.stringify({ message: { type: 'tool-calls' } });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', 'secret').update(`${timestamp}.${body}`).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-webhook-timestamp': timestamp,
      'x-webhook-signature': `sha256=${signature}`,
    };
    const { port, result } = await serve(async (req, res) => {
      const receipt = await receive(endpoint, given(req, res, {}));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [receipt, text];
    });
    const req = request({ port, host: '127.0.0.1', method: 'POST', headers });
    req.on('error', () => {});
    req.end(body);
    expect(await result).toEqual([undefined, body]);
  });

  it.each([
    ['all at once', ['CallSid=CA1&CallStatus=busy']],
    ['in pieces', ['CallSid=CA1', '&CallStatus=busy']],
  ])('lets the stream of what was ours end, of a body that comes %s', async (_, pieces) => {
    const { port, result } = await serve(async (req, res) => {
      const ended = once(req, 'close');
      const receipt = await receive(calls(), given(req, res, {}));
      await ended;
      return receipt?.status;
    });
    const req = await post(port, pieces.slice(1).length > 0 ? pieces : [], { ...form, 'content-length': 27 });
    req.end(pieces.slice(1).length > 0 ? '' : pieces[0]);
    expect(await result).toBe(200);
  });

  it.each([
    ['bytes', undefined, 'CallSid=CA1&Status=busy'],
    ['texts, which cannot be put back any more', 'latin1', ''],
  ] as const)('puts back what came by HTTP/2, where the end comes after the body: %s', async (_, encoding, left) => {
    const { port, result } = await serve(async (req, res) => {
      if (encoding !== undefined) req.setEncoding(encoding);
      const endpoint = createCallStatus({ providers: [mycpaas()], log: silent, worker: false });
      const receipt = await receive(endpoint, given(req, res, { callbackOnly: false }));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [receipt, text];
    }, 2);
    const client = connectSecond(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':method': 'POST', ...form, 'content-length': 23 });
    stream.write('CallSid=CA1&Status=busy');
    setTimeout(() => stream.end(), 50);
    expect(await result).toEqual([undefined, left]);
  });

  describe('by HTTP/2', () => {
    /** Sends the head of a request, and tells what is answered to it. */
    async function send(headers: OutgoingHttpHeaders, endStream = false) {
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const { port, result } = await serve((req, res) => {
        arrive();
        return receive(calls(), given(req, res, {}));
      }, 2);
      const client = connectSecond(`http://127.0.0.1:${port}`);
      onTestFinished(() => client.destroy());
      const stream = client.request({ ':method': 'POST', ...form, ...headers }, { endStream });
      for (const each of [client, stream]) each.on('error', () => {});
      await arrived;
      return { client, stream, result };
    }

    it('reads a body whose length the head does not tell', async () => {
      const { stream, result } = await send({});
      stream.write('CallSid=CA1');
      setTimeout(() => stream.end('&CallStatus=busy'), 20);
      expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
    });

    it('waits for no body that will not come', async () => {
      const { result } = await send({}, true);
      expect((await result)?.status).toBe(422);
    });

    it.each(['the connection', 'the request'])('takes a body for broken when %s breaks off', async (what) => {
      const { client, stream, result } = await send({ 'content-length': 29 });
      stream.write('CallSid=CA1&CallStatus=busy');
      if (what === 'the connection') client.destroy();
      else stream.close(8);
      expect((await result)?.error?.code).toBe('body_aborted');
    });
  });

  it('gets the body though somebody listens to it already', async () => {
    const { port, result } = await serve((req, res) => {
      req.on('data', () => {});
      return receive(calls(), given(req, res, {}));
    });
    (await post(port, [], { ...form, 'content-length': 27 })).end('CallSid=CA1&CallStatus=busy');
    expect(await result).toMatchObject({ event: { callId: 'CA1' } });
  });

  it('says that the body is gone when somebody else reads it in the meantime', async () => {
    const endpoint = createCallStatus({
      providers: [signalwire({ signingKey: 'PSKtest' })],
      log: silent,
      worker: false,
    });
    const { port, result } = await serve((req, res) => {
      const receipt = receive(endpoint, given(req, res, {}));
      req.resume();
      return receipt;
    });
    const headers = { ...form, 'content-length': 27, 'x-signalwire-signature': 'of somebody' };
    (await post(port, [], headers)).end('CallSid=CA1&CallStatus=busy');
    expect((await result)?.error?.code).toBe('body_consumed');
  });

  it('leaves a broken request to the application where the URL is not for callbacks alone', async () => {
    for (const callbackOnly of [true, false]) {
      const { port, result } = await serve((req, res) => receive(calls(), given(req, res, { callbackOnly })));
      const req = await post(port, ['CallSid'], { ...form, 'content-length': 50 });
      req.destroy();
      expect((await result)?.error?.code).toBe(callbackOnly ? 'body_aborted' : undefined);
    }
  });

  it('says that the client went away, also behind another receiver, and behind a parser that read what came', async () => {
    const endpoint = createCallStatus({
      providers: [signalwire({ signingKey: 'PSKtest' })],
      log: silent,
      worker: false,
    });
    for (const before of ['a receiver', 'a parser']) {
      const { port, result } = await serve(async (req, res) => {
        if (before === 'a receiver')
          expect(await receive(calls(), given(req, res, { callbackOnly: false }))).toBe(undefined);
        else await new Promise((resolve) => req.on('error', resolve).resume());
        return receive(endpoint, given(req, res, {}));
      });
      const headers = { ...form, 'content-length': 50, 'x-signalwire-signature': 'of somebody' };
      const req = await post(port, ['CallSid'], headers);
      req.destroy();
      expect((await result)?.error?.code).toBe('body_aborted');
    }
  });
});

describe('whenAnswered', () => {
  it('calls its listener when the answer has left, and at once when the connection is gone', async () => {
    const order: string[] = [];
    const { port, result } = await serve(
      (_req, res) =>
        new Promise<void>((resolve) => {
          whenAnswered(res, () => {
            order.push('left');
            whenAnswered(res, () => order.push('gone'));
            resolve();
          });
          order.push('waiting');
          res.end();
        }),
    );
    (await post(port, [])).end();
    await result;
    expect(order).toEqual(['waiting', 'left', 'gone']);
  });
});

describe('toEndpoint and isAnswer', () => {
  it('take a receiver, a provider of it, options, or nothing', async () => {
    const receiver = createCallStatus({ providers: [mycpaas()], log: silent, worker: false });
    const endpoint = receiver.provider('mycpaas');
    expect(toEndpoint(receiver)).toBe(receiver);
    expect(toEndpoint(endpoint)).toBe(endpoint);
    expect(toEndpoint({ providers: [mycpaas()], ack: 'manual', log: silent }).ack).toBe('manual');
    expect(() => toEndpoint({ log: 7 as never })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    expect(toEndpoint({ log: silent }).ack).toBe('recorded');
  });

  it.each([
    ['a name', 'signalwire'],
    ['null', null],
    ['a provider', mycpaas()],
    ['a provider that was not called', mycpaas],
  ])('refuse %s, and say what to write', (_, given) => {
    expect(() => toEndpoint(given as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        message: expect.stringContaining('{ providers: [signalwire({ … })] }'),
      }),
    );
  });

  it("leave accepted callbacks to the route with ack: 'manual'", () => {
    const own = toEndpoint({ providers: [mycpaas()], ack: 'manual', log: silent, worker: false });
    const auto = toEndpoint({ providers: [mycpaas()], log: silent, worker: false });
    const accepted = { status: 200, headers: {}, event: {} as never } as const;
    const refused = { status: 403, headers: {} } as const;
    const answered = [undefined, accepted, refused].map((receipt) => [isAnswer(own, receipt), isAnswer(auto, receipt)]);
    expect(answered).toEqual([
      [false, false],
      [false, true],
      [true, true],
    ]);
  });
});

function peek(req: IncomingMessage) {
  return peekBody(req, contentLength(req), LIMIT);
}

function receive(endpoint: CallbackReceiver, request: NodeRequest) {
  return new Promise<Receipt<AnyCallStatusEvent> | undefined>((settle, fail) =>
    receiveNode(endpoint, request, { settle, fail }),
  );
}

function given(req: IncomingMessage, res: ServerResponse, more: object) {
  const { method = '', headers } = req;
  const rest = {
    url: '/',
    origin: () => 'http://localhost',
    callbackOnly: true,
    rawBody: undefined,
    parsed: undefined,
  };
  return { req, res, method, headers, frameworkRequest: req, ...rest, ...more };
}

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { described, FORM, post, receive, serve, silent } from '../../test/node-server.ts';
import type { CallbackReceiver, CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { voicedock } from '../providers/voicedock.ts';

const calls = () => createCallStatus({ providers: [mycpaas()], log: silent, worker: false });

describe('receiveNode, with a body that the application may need,', () => {
  it.each([
    ['at once', 'secret'],
    ['after a while', async () => 'secret'],
  ])('puts back what it leaves to the application, when the token is known %s', async (_, token) => {
    const receiver = createCallStatus({ providers: [exotel({ token })], log: silent, worker: false });
    const body = 'CallSid=1&EventType=Dial&Status=busy';
    const { port, result } = await serve(async (req, res) => {
      const receipt = await receive(receiver, described(req, res, { url: '/?token=secret' }));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [receipt, text];
    });
    const req = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { ...FORM, 'content-length': body.length },
    });
    req.on('error', () => {});
    req.end(body);
    expect(await result).toEqual([undefined, body]);
  });

  it('leaves a stream that looks read, which node cannot undo', async () => {
    const { port, result } = await serve(async (req, res) => {
      const receipt = await receive(calls(), described(req, res, { callbackOnly: false }));
      return [receipt, req.readableDidRead, await text(req)];
    });
    (await post(port, [], { ...FORM, 'content-length': 3 })).end('a=1');
    expect(await result).toEqual([undefined, true, 'a=1']);
  });

  it('puts back a signed message that turns out not to be a callback', async () => {
    const receiver = createCallStatus({
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
      const receipt = await receive(receiver, described(req, res));
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
  ])('lets the stream of a callback end, for a body that comes %s', async (_, pieces) => {
    const { port, result } = await serve(async (req, res) => {
      const ended = once(req, 'close');
      const receipt = await receive(calls(), described(req, res));
      await ended;
      return receipt?.status;
    });
    const req = await post(port, pieces.slice(1).length > 0 ? pieces : [], { ...FORM, 'content-length': 27 });
    req.end(pieces.slice(1).length > 0 ? '' : pieces[0]);
    expect(await result).toBe(200);
  });

  it.each([
    ['at once', true, 'recorded', ''],
    ['later', false, 'recorded', ''],
    ['at once, but leaves the answer to the application', true, 'manual', 'a=1'],
    ['later, and leaves the answer to the application', false, 'manual', 'a=1'],
    ['never', undefined, 'recorded', 'a=1'],
  ] as const)('gives it back unless the receiver answers: it accepts %s', async (_, isAtOnce, ack, left) => {
    const receiver: CallbackReceiver = Object.assign(Object.create(calls()), {
      ack,
      receive: async (callback: CallbackRequest) => {
        if (isAtOnce === undefined) return undefined;
        if (!isAtOnce) await new Promise(setImmediate);
        callback.onAccepted?.();
        return { status: 200, headers: {}, event: {} };
      },
    });
    const { port, result } = await serve(async (req, res) => {
      await receive(receiver, described(req, res));
      // What is drained is gone by then.
      await new Promise(setImmediate);
      return text(req);
    });
    const req = request({ port, host: '127.0.0.1', method: 'POST', headers: { ...FORM, 'content-length': 3 } });
    req.on('error', () => {});
    req.end('a=1');
    expect(await result).toBe(left);
  });
});

import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { described, FORM, post, receive, serve, silent } from '../../test/node-server.ts';
import type { CallbackReceiver } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { receiveNode } from './node-request.ts';

const calls = () => createCallStatus({ providers: [mycpaas()], log: silent, worker: false });

describe('receiveNode', () => {
  it.each([
    ['a string', 'CallSid=CA1&CallStatus=busy'],
    ['bytes', Buffer.from('CallSid=CA1&CallStatus=busy')],
  ])('prefers what an earlier parser kept: %s', async (_, rawBody) => {
    const receiver = calls();
    const { port, result } = await serve((req, res) =>
      receive(receiver, described(req, res, { rawBody, parsed: { CallSid: 'another' } })),
    );
    (await post(port, [], FORM)).end('CallSid=unread');
    expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
  });

  it.each([
    ['a text', 'CallSid=CA1&CallStatus=busy'],
    ['bytes', Buffer.from('CallSid=CA1&CallStatus=busy')],
  ])('uses what an earlier parser left instead of fields as the body: %s', async (_, parsed) => {
    const receiver = calls();
    const { port, result } = await serve(async (req, res) => {
      for await (const _chunk of req);
      return receive(receiver, described(req, res, { parsed }));
    });
    (await post(port, [], FORM)).end('CallSid=read');
    expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
  });

  it('reads the body where an earlier parser left an empty text', async () => {
    const { port, result } = await serve((req, res) =>
      receive(calls(), described(req, res, { rawBody: '', parsed: '' })),
    );
    (await post(port, [], FORM)).end('CallSid=CA1&CallStatus=busy');
    expect((await result)?.event?.callId).toBe('CA1');
  });

  it('uses what was parsed only if the body was read', async () => {
    for (const [read, callId] of [
      [true, 'parsed'],
      [false, 'unread'],
    ] as const) {
      const { port, result } = await serve(async (req, res) => {
        if (read) for await (const _ of req);
        const parsed = { CallSid: 'parsed', CallStatus: 'busy' };
        return receive(calls(), described(req, res, { parsed, rawBody: 7 }));
      });
      (await post(port, [], FORM)).end('CallSid=unread&CallStatus=busy');
      expect((await result)?.event?.callId).toBe(callId);
    }
  });

  it.each([
    ['all at once', ['CallSid=CA1&CallStatus=busy']],
    ['in pieces', ['CallSid=CA1', '&CallStatus=busy']],
  ])('reports a receiver that throws, for a body that comes %s', async (_, pieces) => {
    const failure = new Error('not ours');
    const receiver: CallbackReceiver = Object.assign(Object.create(calls()), {
      receive: () => {
        throw failure;
      },
    });
    const { port, result } = await serve((req, res) => receive(receiver, described(req, res)).catch((error) => error));
    const [first = '', ...others] = pieces;
    const req = request({ port, host: '127.0.0.1', method: 'POST', headers: { ...FORM, 'content-length': 27 } });
    req.on('error', () => {});
    req.write(first);
    for (const piece of others) await new Promise((resolve) => setTimeout(() => req.write(piece, resolve), 20));
    req.end();
    expect(await result).toBe(failure);
  });

  it('gets the body even if another reader listens already', async () => {
    const { port, result } = await serve((req, res) => {
      req.on('data', () => {});
      return receive(calls(), described(req, res));
    });
    (await post(port, [], { ...FORM, 'content-length': 27 })).end('CallSid=CA1&CallStatus=busy');
    expect(await result).toMatchObject({ event: { callId: 'CA1' } });
  });

  it('rejects a body that another reader takes in the meantime', async () => {
    const receiver = createCallStatus({
      providers: [signalwire({ signingKey: 'PSKtest' })],
      log: silent,
      worker: false,
    });
    const { port, result } = await serve((req, res) => {
      const receipt = receive(receiver, described(req, res));
      req.resume();
      return receipt;
    });
    const headers = { ...FORM, 'content-length': 27, 'x-signalwire-signature': 'of another' };
    (await post(port, [], headers)).end('CallSid=CA1&CallStatus=busy');
    expect((await result)?.error?.code).toBe('body_consumed');
  });

  it('leaves a broken request to the application at a URL that is not for callbacks only', async () => {
    for (const callbackOnly of [true, false]) {
      const { port, result } = await serve((req, res) => receive(calls(), described(req, res, { callbackOnly })));
      const req = await post(port, ['CallSid'], { ...FORM, 'content-length': 50 });
      req.destroy();
      expect((await result)?.error?.code).toBe(callbackOnly ? 'body_aborted' : undefined);
    }
  });

  it('reports that the client disconnected, also behind another receiver, and behind a parser that read what arrived', async () => {
    const receiver = createCallStatus({
      providers: [signalwire({ signingKey: 'PSKtest' })],
      log: silent,
      worker: false,
    });
    for (const before of ['a receiver', 'a parser']) {
      const { port, result } = await serve(async (req, res) => {
        if (before === 'a receiver')
          expect(await receive(calls(), described(req, res, { callbackOnly: false }))).toBe(undefined);
        else await new Promise((resolve) => req.on('error', resolve).resume());
        return receive(receiver, described(req, res));
      });
      const headers = { ...FORM, 'content-length': 50, 'x-signalwire-signature': 'of another' };
      const req = await post(port, ['CallSid'], headers);
      req.destroy();
      expect((await result)?.error?.code).toBe('body_aborted');
    }
  });

  it.each([
    ['recorded', ['passOn'], ['accepted', 'answer'], ['answer']],
    ['handled', ['passOn'], ['accepted', 'answer'], ['answer']],
    ['manual', ['passOn'], ['accepted', 'passOn'], ['answer']],
  ] as const)("with ack: '%s' passes on what is not ours, %j, accepts %j, and rejects %j", async (ack, ...expected) => {
    const accepted = { status: 200, headers: {}, event: {} as never } as const;
    const rejected = { status: 403, headers: {} } as const;
    for (const [at, receipt] of [undefined, accepted, rejected].entries()) {
      const receiver: CallbackReceiver = Object.assign(Object.create(calls()), { ack, receive: async () => receipt });
      const { port, result } = await serve(
        (req, res) =>
          new Promise<string[]>((resolve, fail) => {
            const called: string[] = [];
            const last = (name: string) => () => resolve([...called, name]);
            const accepted = (): void => void called.push('accepted');
            const then = { accepted, answer: last('answer'), passOn: last('passOn'), fail };
            receiveNode(receiver, described(req, res), then);
          }),
      );
      (await post(port, [], FORM)).end('a=1');
      expect(await result).toEqual(expected[at]);
    }
  });
});

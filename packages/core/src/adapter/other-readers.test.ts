// Other code of the application that reads the body before, or at the same time.
import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BODIES, PART_READERS, READERS, sendForm } from '../../test/body-readers.ts';
import { described, FORM, receive, serve, silent } from '../../test/node-server.ts';
import type { CallbackReceiver } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const calls = () => createCallStatus({ providers: [mycpaas()], log: silent, worker: false });

/** A receiver that passes everything on. */
const passing = (): CallbackReceiver => Object.assign(Object.create(calls()), { receive: async () => undefined });

const CASES = READERS.flatMap((reader) =>
  BODIES.map(([name, pieces]) => ({ reader, name, pieces, title: `${reader.name}, of ${name}` })),
);

describe('receiveNode', () => {
  it.each(CASES)('shares the body with a reader by $title', async ({ reader, pieces }) => {
    const { port, result } = await serve(async (req, res) => {
      const all = reader.read(req);
      const receipt = await receive(calls(), described(req, res));
      return [receipt?.status, receipt?.event?.callId, await all];
    });
    sendForm(port, '/', pieces);
    expect(await result).toEqual([200, 'CA1', pieces.join('')]);
  });

  it.each(CASES.filter(({ reader }) => reader.name !== 'an async iterator'))(
    'leaves the body to a reader by $title, and to the application',
    async ({ reader, pieces }) => {
      const { port, result } = await serve(async (req, res) => {
        const all = reader.read(req);
        const receipt = await receive(passing(), described(req, res));
        return [receipt, await text(req), await all];
      });
      sendForm(port, '/', pieces);
      expect(await result).toEqual([undefined, pieces.join(''), pieces.join('')]);
    },
  );

  it.each(CASES)('refuses a body that was read by $title, with the cause', async ({ reader, pieces }) => {
    const { port, result } = await serve(async (req, res) => {
      await reader.read(req);
      return receive(calls(), described(req, res));
    });
    sendForm(port, '/', pieces);
    expect((await result)?.error?.code).toBe('body_consumed');
  });

  it.each(PART_READERS.flatMap((reader) => BODIES.map(([of, pieces]) => ({ name: reader.name, reader, of, pieces }))))(
    'refuses $of if a reader has a part and $name, with the cause',
    async ({ reader, pieces }) => {
      const { port, result } = await serve(async (req, res) => {
        await reader.read(req);
        return receive(calls(), described(req, res));
      });
      sendForm(port, '/', pieces);
      expect((await result)?.error?.code).toBe('body_consumed');
    },
  );

  it('refuses a body that other code has read a part of, also if its client is gone since', async () => {
    const { port, result } = await serve(async (req, res) => {
      while (!req.complete) await new Promise(setImmediate);
      req.on('error', () => {}).read(1);
      req.socket.destroy();
      await new Promise((resolve) => req.once('close', resolve));
      return receive(calls(), described(req, res));
    });
    sendForm(port, '/', ['a=1']);
    expect((await result)?.error?.code).toBe('body_consumed');
  });

  it('leaves a stream to the application whose body runs off', async () => {
    const { port, result } = await serve(async (req, res) => {
      req.resume();
      return [await receive(passing(), described(req, res)), await text(req)];
    });
    sendForm(port, '/', ['a=1']);
    expect(await result).toEqual([undefined, 'a=1']);
  });

  it('leaves a stream paused that other code paused', async () => {
    const { port, result } = await serve(async (req, res) => {
      let all = '';
      req.on('data', (chunk) => {
        all += chunk;
      });
      req.pause();
      await receive(passing(), described(req, res));
      await new Promise(setImmediate);
      const before = all;
      req.resume();
      await once(req, 'end');
      return [before, all];
    });
    sendForm(port, '/', ['a=1']);
    expect(await result).toEqual(['', 'a=1']);
  });

  it('gives the body back to its readers if the receiver fails', async () => {
    const failing: CallbackReceiver = Object.assign(Object.create(calls()), {
      receive: () => {
        throw new Error('not ours');
      },
    });
    const { port, result } = await serve(async (req, res) => {
      const seen = new Promise<string>((resolve) => req.on('data', (chunk) => resolve(String(chunk))));
      await expect(receive(failing, described(req, res))).rejects.toThrow('not ours');
      return seen;
    });
    sendForm(port, '/', ['a=1']);
    expect(await result).toBe('a=1');
  });

  it.each([
    ['of known length', { 'content-length': 32 }],
    ['of unknown length', {}],
  ])('shares a body %s by HTTP/2', async (_, headers) => {
    const { port, result } = await serve(async (req, res) => {
      let all = '';
      req.on('data', (chunk) => {
        all += chunk;
      });
      const ended = once(req, 'end');
      const receipt = await receive(calls(), described(req, res));
      await ended;
      return [receipt?.status, all];
    }, 2);
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':method': 'POST', ...FORM, ...headers });
    stream.write('CallSid=CA1');
    setTimeout(() => stream.end('&CallStatus=completed'), 20);
    expect(await result).toEqual([200, 'CallSid=CA1&CallStatus=completed']);
  });
});

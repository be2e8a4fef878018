import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { described, FORM, receive, serve, silent } from '../../test/node-server.ts';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const calls = () => createCallStatus({ providers: [mycpaas()], log: silent, worker: false });

describe('receiveNode by HTTP/2', () => {
  it.each([
    ['bytes', undefined, 'CallSid=CA1&Status=busy'],
    ['texts, which cannot be put back any more', 'latin1', ''],
  ] as const)('puts back what came by HTTP/2, where the end comes after the body: %s', async (_, encoding, left) => {
    const { port, result } = await serve(async (req, res) => {
      if (encoding !== undefined) req.setEncoding(encoding);
      const receiver = createCallStatus({ providers: [mycpaas()], log: silent, worker: false });
      const receipt = await receive(receiver, described(req, res, { callbackOnly: false }));
      let text = '';
      for await (const chunk of req) text += chunk;
      return [receipt, text];
    }, 2);
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':method': 'POST', ...FORM, 'content-length': 23 });
    stream.write('CallSid=CA1&Status=busy');
    setTimeout(() => stream.end(), 50);
    expect(await result).toEqual([undefined, left]);
  });

  /** Sends the head of a request, and tells what is answered to it. */
  async function send(headers: OutgoingHttpHeaders, endStream = false) {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { port, result } = await serve((req, res) => {
      arrive();
      return receive(calls(), described(req, res));
    }, 2);
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':method': 'POST', ...FORM, ...headers }, { endStream });
    for (const each of [client, stream]) each.on('error', () => {});
    await arrived;
    return { client, stream, result };
  }

  it('reads a body whose length is not in the head', async () => {
    const { stream, result } = await send({});
    stream.write('CallSid=CA1');
    setTimeout(() => stream.end('&CallStatus=busy'), 20);
    expect(await result).toMatchObject({ status: 200, event: { callId: 'CA1', status: 'busy' } });
  });

  it('does not wait for a body that will not come', async () => {
    const { result } = await send({}, true);
    expect((await result)?.status).toBe(422);
  });

  it.each(['the connection', 'the request'])('rejects a body if %s breaks off', async (what) => {
    const { client, stream, result } = await send({ 'content-length': 29 });
    stream.write('CallSid=CA1&CallStatus=busy');
    if (what === 'the connection') client.destroy();
    else stream.close(8);
    expect((await result)?.error?.code).toBe('body_aborted');
  });
});

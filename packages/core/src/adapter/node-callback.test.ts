import { describe, expect, it } from 'vitest';
import { described, post, serve } from '../../test/node-server.ts';
import { NodeCallback, whenAnswered } from './node-callback.ts';

describe('whenAnswered', () => {
  it('calls its listener once the answer has been sent, and immediately if the connection is gone', async () => {
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

it('knows the address of the client from the framework, else from the connection', async () => {
  const { port, result } = await serve(async (req, res) => {
    const own = new NodeCallback(described(req, res, { frameworkRequest: req }), undefined).clientAddress;
    const frameworkRequest = { ip: '203.0.113.7' };
    const framework = new NodeCallback(described(req, res, { frameworkRequest }), undefined).clientAddress;
    res.end();
    return [own, framework];
  });
  (await post(port, [])).end();
  expect(await result).toEqual(['127.0.0.1', '203.0.113.7']);
});

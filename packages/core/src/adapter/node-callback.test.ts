import { describe, expect, it } from 'vitest';
import { post, serve } from '../../test/node-server.ts';
import { whenAnswered } from './node-callback.ts';

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

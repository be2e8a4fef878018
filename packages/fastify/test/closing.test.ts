import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../testing/src/adapter-contract/deferred.ts';
import {
  type AnyCallStatusEvent,
  callStatusPlugin,
  closeGracefully,
  createCallStatus,
  exotel,
  memoryInbox,
  mycpaas,
} from '../src/index.ts';
import { CALLBACK } from './callback.ts';

describe('callStatusPlugin, when Fastify closes,', () => {
  it('closes the receiver that it made, and no other, and logs through Fastify', async () => {
    const lines: string[] = [];
    const fastify = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } } });
    const log = { info() {}, warn() {}, error() {} };
    const calls = createCallStatus({ log, providers: [exotel({ token: 'of the test' })] });
    const endpoint = calls.provider('exotel');
    await fastify.register(
      async (scope) => scope.register(callStatusPlugin, { path: '/own', providers: [mycpaas()] }),
      {
        prefix: '/hooks',
      },
    );
    await fastify.register(callStatusPlugin, { path: '/hooks/voice', receiver: endpoint });
    expect((await fastify.inject({ ...CALLBACK, url: '/hooks/own' })).statusCode).toBe(200);
    expect(lines.join()).toContain('Callbacks of mycpaas are not authenticated');
    await fastify.close();
    const request = { method: 'POST', url: '/', origin: '', headers: CALLBACK.headers, body: Buffer.from('CallSid=1') };
    expect((await endpoint.receive(request))?.error?.code).toBe('token_missing');
    await calls.close();
    expect((await endpoint.receive(request))?.error?.code).toBe('closed');
  });

  it('closes what it made once the running handlers are done, and then takes nothing more', async () => {
    const [started, slow] = [deferred(), deferred()];
    const inbox = memoryInbox();
    const fastify = Fastify();
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      inbox,
      providers: [mycpaas({ allowUnauthenticated: true })],
      onCompleted: async () => {
        started.resolve();
        await slow.promise;
      },
    });
    expect((await fastify.inject(CALLBACK)).statusCode).toBe(200);
    await started.promise;
    let isClosed = false;
    const closed = fastify.close().then(() => {
      isClosed = true;
    });
    await sleep(50);
    expect(isClosed).toBe(false);
    slow.resolve();
    await closed;
    expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0 });
    const [event] = (await inbox.getCall('mycpaas', 'CA1'))?.events ?? [];
    await expect(inbox.record({ ...(event as AnyCallStatusEvent), id: 'another' })).rejects.toMatchObject({
      code: 'closed',
    });
  });

  it('closes what it made within what is left of a deadline', async () => {
    const started = deferred();
    const aborted = deferred();
    const fastify = Fastify();
    fastify.register(callStatusPlugin, {
      path: '/hooks/voice',
      providers: [mycpaas({ allowUnauthenticated: true })],
      onCompleted: async (_event, { signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
      },
    });
    const origin = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const { headers, payload } = CALLBACK;
    expect((await fetch(origin + CALLBACK.url, { method: 'POST', headers, body: payload })).status).toBe(200);
    await started.promise;
    await closeGracefully(fastify, undefined, { deadlineMs: 1000 });
    await aborted.promise;
    // Sooner than a receiver's own ten seconds.
  }, 6000);
});

import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { callStatusPlugin, createCallStatus, mycpaas } from '../src/index.ts';
import { CALLBACK } from './callback.ts';

const receiver = createCallStatus({
  log: { info() {}, warn() {}, error() {} },
  providers: [mycpaas()],
  worker: false,
});
const notBeside = 'not allowed together with a receiver; pass it to createCallStatus().';

describe('the options of callStatusPlugin', () => {
  it("needs a handler with ack: 'manual'", async () => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, { path: '/hooks/voice', ack: 'manual', providers: [mycpaas({ token: 'x' })] });
    await expect(fastify.ready()).rejects.toMatchObject({ code: 'invalid_options' });
  });

  it.each([
    [{ receiver }, "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'."],
    [
      { path: 'webhooks/voice', receiver },
      "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'.",
    ],
    [{ path: 7 }, "path: expected the callback's path, which begins with a slash, such as '/webhooks/voice'."],
    [{ path: '/', handler: 'x' }, 'handler: expected a function.'],
    [
      { path: '/', receiver: 'signalwire' },
      'receiver: expected what createCallStatus() returned, or one of its providers.',
    ],
    [{ path: '/', receiver: null }, 'receiver: expected what createCallStatus() returned, or one of its providers.'],
    [{ path: '/', calls: receiver }, '`calls` is no option; here it is `receiver`.'],
    [
      { path: '/', reciever: receiver },
      expect.stringMatching(
        /^`reciever` is no option; did you mean `receiver`\? Known: path, receiver, handler, prefix, logLevel, providers, /,
      ),
    ],
    [{ path: '/', receiver, onEnded() {}, log: undefined }, `onEnded: ${notBeside}`],
    [{ path: '/', receiver, providers: [], worker: false }, `providers: ${notBeside}`, `worker: ${notBeside}`],
  ])('does not start with %o', async (options, ...issues) => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin, options as never);
    await expect(fastify.ready()).rejects.toMatchObject({ code: 'invalid_options', details: { issues } });
  });

  it('takes its own options beside a receiver', async () => {
    const fastify = Fastify();
    const handler = (_request: FastifyRequest, reply: FastifyReply): unknown => reply.code(204).send();
    fastify.register(callStatusPlugin, { prefix: '/hooks', path: '/voice', logLevel: 'silent', receiver, handler });
    const other = { ...CALLBACK, payload: 'CallSid=CA1&DialCallStatus=completed' };
    expect((await fastify.inject(other)).statusCode).toBe(204);
    await fastify.close();
  });

  it('tells how to register it if it was called', async () => {
    const fastify = Fastify();
    fastify.register(callStatusPlugin({ path: '/hooks/voice' } as never, undefined as never) as never);
    await expect(fastify.ready()).rejects.toThrow('expected fastify.register(callStatusPlugin, { path, … })');
  });

  it('have a prefix and a log level that Fastify itself understands, beside those of the scope', async () => {
    const lines: string[] = [];
    const fastify = Fastify({ logger: { stream: { write: (line: string) => lines.push(line) } } });
    const own = { path: '/voice', receiver, logLevel: 'silent' } as const;
    fastify.register(callStatusPlugin, { ...own, prefix: '/hooks' });
    fastify.register(async (scope) => scope.register(callStatusPlugin, own), { prefix: '/scope' });
    fastify.register(async (scope) => scope.register(callStatusPlugin, { ...own, prefix: '/inner' }), {
      prefix: '/outer',
    });
    fastify.register(callStatusPlugin, { receiver, path: '/', prefix: '/logged' });
    for (const url of ['/hooks/voice', '/scope/voice', '/outer/inner/voice']) {
      expect((await fastify.inject({ ...CALLBACK, url })).statusCode).toBe(200);
    }
    expect((await fastify.inject({ ...CALLBACK, url: '/voice' })).statusCode).toBe(404);
    lines.length = 0;
    for (const url of ['/logged', '/logged/']) {
      expect((await fastify.inject({ ...CALLBACK, url })).statusCode).toBe(200);
    }
    expect(lines).toHaveLength(4);
    await fastify.close();
  });
});

import Fastify from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { callStatusPlugin, createCallStatus, exotel, mycpaas } from '../src/index.ts';
import { CALLBACK } from './callback.ts';

describe('the log of callStatusPlugin', () => {
  it('logs through Fastify for a receiver that was given no log, and its handlers do too', async () => {
    const lines: string[] = [];
    const logger = { level: 'debug', stream: { write: (line: string) => lines.push(line) } };
    const fastify = Fastify({ logger });
    const calls = createCallStatus({
      providers: [mycpaas({ token: 'secret' }), exotel({ token: 'secret' })],
      onEnded: (_, { log }) => {
        log.info?.({}, 'info of a handler');
        throw new Error('broken');
      },
    });
    fastify.register(callStatusPlugin, { path: '/hooks/voice', receiver: calls.provider('mycpaas') });
    fastify.register(callStatusPlugin, { path: '/hooks/both', receiver: calls });
    expect((await fastify.inject(CALLBACK)).statusCode).toBe(403);
    expect((await fastify.inject({ ...CALLBACK, url: '/hooks/both?token=secret', payload: 'a=1' })).statusCode).toBe(
      404,
    );
    expect((await fastify.inject({ ...CALLBACK, url: '/hooks/voice?token=secret' })).statusCode).toBe(200);
    await vi.waitFor(() => expect(lines.join('')).toContain('handler_failed'));
    const written = lines.map((line) => JSON.parse(line) as { level: number; code?: string; msg: string });
    const own = written.filter(({ msg }) => !/^(incoming request|request completed|Route .* not found)/.test(msg));
    expect(own.map(({ level, code, msg }) => [level, code ?? msg])).toEqual([
      [40, 'token_missing'],
      [20, 'passed_on'],
      [30, 'info of a handler'],
      [50, 'handler_failed'],
    ]);
    await Promise.all([fastify.close(), calls.close({ deadlineMs: 0 })]);
  });

  it('logs to the console where Fastify has no logger, and to a log that was given in any case', async () => {
    const [warn, given] = [vi.spyOn(console, 'warn').mockImplementation(() => {}), vi.fn()];
    onTestFinished(() => warn.mockRestore());
    const providers = [mycpaas({ token: 'secret' })];
    for (const [logger, options] of [
      [false, {}],
      [true, { log: { warn: given, error() {} } }],
      [true, { log: undefined }],
    ] as const) {
      const fastify = Fastify({ logger: logger && { level: 'silent' } });
      fastify.register(callStatusPlugin, { path: '/hooks/voice', providers, ...options });
      const receiver = createCallStatus({ providers, ...options });
      fastify.register(callStatusPlugin, { path: '/hooks/receiver', receiver });
      for (const url of ['/hooks/voice', '/hooks/receiver']) await fastify.inject({ ...CALLBACK, url });
      await Promise.all([fastify.close(), receiver.close()]);
    }
    expect([warn, given].map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
  });
});

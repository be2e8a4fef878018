import { setTimeout as sleep } from 'node:timers/promises';
import { callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import { callback } from '@call-status/testing';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import express from 'express';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { idOf, instrument, parentOf, serve, silent, tracing } from './support.ts';

const KEY = 'a-long-secret-of-the-test';

/** Express under spans for HTTP, and handlers that query a database. Both kinds of spans name their call. */
async function service(handle: (attempt: number) => unknown = () => undefined) {
  const { tracerProvider, tracer, spans } = tracing();
  const { traceContext } = instrument({ tracerProvider });
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: KEY })],
    traceContext,
    log: silent,
    retry: { attempts: 2, backoff: () => 0 },
    async onCompleted({ callId }, { attempt }) {
      await sleep(Math.random() * 20);
      tracer.startSpan('SELECT', { attributes: { call: callId } }).end();
      await handle(attempt);
    },
  });
  onTestFinished(() => calls.close());
  const app = express();
  app.use((req, res, next) => {
    const span = tracer.startSpan('POST', {
      kind: SpanKind.SERVER,
      attributes: { call: String(req.headers['x-call']) },
    });
    res.once('close', () => span.end());
    context.with(trace.setSpan(context.active(), span), next);
  });
  app.use(callStatusMiddleware(calls));
  const url = `${await serve(app)}/webhooks/voice`;
  const post = async (callId: string, headers = {}, secret = KEY): Promise<number> => {
    const request = callback.fetch(signalwire, 'completed', { url, callId, secret });
    for (const [name, value] of Object.entries({ 'x-call': callId, ...headers })) request.headers.set(name, `${value}`);
    return (await fetch(request)).status;
  };
  const named = (start: string): ReadableSpan[] => spans().filter(({ name }) => name.startsWith(start));
  const ended = (start: string, count: number): Promise<void> =>
    vi.waitFor(() => expect(named(start)).toHaveLength(count));
  return { url, post, named, ended };
}

const callIdOf = (number: number): string => `11111111-2222-4333-8444-${`${number}`.padStart(12, '0')}`;

describe('spans', () => {
  it('of 25 calls at a time each lead from the query of a handler to the request that brought its event', async () => {
    const { post, named, ended } = await service();
    const callIds = Array.from({ length: 25 }, (_, index) => callIdOf(index));
    expect(new Set(await Promise.all(callIds.map((callId) => post(callId))))).toEqual(new Set([200]));
    await ended('process', 25);
    await ended('POST', 25);
    const byId = new Map(named('').map((span) => [idOf(span), span]));
    for (const query of named('SELECT')) {
      const handler = byId.get(parentOf(query));
      const attempt = byId.get(parentOf(handler));
      const receive = byId.get(attempt?.links[0]?.context.spanId);
      const request = byId.get(parentOf(receive));
      expect([handler, attempt, receive, request].map((span) => span?.name)).toEqual([
        'onCompleted',
        'process signalwire completed',
        'receive signalwire',
        'POST',
      ]);
      expect(request?.attributes['call']).toBe(query.attributes['call']);
      expect(parentOf(attempt)).toBeUndefined();
      expect(attempt?.spanContext().traceId).not.toBe(request?.spanContext().traceId);
    }
    expect(new Set(named('SELECT').map(({ attributes }) => attributes['call']))).toEqual(new Set(callIds));
  });

  it('say what happened, without ids, numbers or texts of errors', async () => {
    const { post, named, ended } = await service((attempt) => {
      if (attempt === 1) throw new RangeError('of +15551234567');
    });
    await post(callIdOf(1));
    await ended('process', 2);
    const [receive] = named('receive');
    const [failed, done] = named('process');
    expect(receive).toMatchObject({ kind: SpanKind.CONSUMER, status: { code: SpanStatusCode.UNSET } });
    expect(receive?.attributes).toEqual({
      'messaging.system': 'call_status',
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'receive',
      'messaging.destination.name': 'signalwire',
      'messaging.message.body.size': expect.any(Number),
      'http.response.status_code': 200,
      'call_status.outcome': 'advance',
      'call_status.trust': 'signed',
      'call_status.status': 'completed',
    });
    const ofAttempt = {
      'messaging.system': 'call_status',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'signalwire',
      'call_status.status': 'completed',
      'call_status.transition': 'advance',
    };
    expect(failed).toMatchObject({ kind: SpanKind.CONSUMER, status: { code: SpanStatusCode.ERROR } });
    expect(failed?.attributes).toEqual({
      ...ofAttempt,
      'call_status.attempt': 1,
      'call_status.outcome': 'failed',
      'error.type': 'RangeError',
    });
    expect(done).toMatchObject({ status: { code: SpanStatusCode.UNSET } });
    expect(done?.attributes).toEqual({ ...ofAttempt, 'call_status.attempt': 2, 'call_status.outcome': 'done' });
    const handlers = named('onCompleted').map(({ status, attributes }) => [status, attributes]);
    expect(handlers).toEqual([
      [{ code: SpanStatusCode.ERROR }, { 'call_status.handler': 'onCompleted', 'error.type': 'RangeError' }],
      [{ code: SpanStatusCode.UNSET }, { 'call_status.handler': 'onCompleted' }],
    ]);
    const links = named('process').map((span) => span.links.map(({ context: { spanId } }) => spanId));
    expect(links).toEqual([[idOf(receive)], [idOf(receive)]]);
    expect(named('').flatMap(({ events }) => events)).toEqual([]);
  });

  it('of refused callbacks begin when the request came; what was passed on has none', async () => {
    const { url, post, named, ended } = await service();
    expect(await post(callIdOf(1), {}, 'guessed')).toBe(403);
    expect((await fetch(new URL('/orders', url), { method: 'POST' })).status).toBe(404);
    await ended('POST', 2);
    expect(named('receive').map(({ attributes }) => attributes['error.type'])).toEqual(['signature_mismatch']);
    const [receive] = named('receive');
    const [request] = named('POST');
    expect(parentOf(receive)).toBe(idOf(request));
    const [seconds = 0, nanoseconds = 0] = receive?.startTime ?? [];
    expect(Math.abs(seconds * 1000 + nanoseconds / 1e6 - Date.now())).toBeLessThan(60_000);
  });

  it('never continue the trace of a client that sends a traceparent', async () => {
    const { post, named, ended } = await service();
    await post(callIdOf(1), { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    await ended('process', 1);
    expect(named('').map((span) => span.spanContext().traceId)).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });
});

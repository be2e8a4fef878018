import Fastify from 'fastify';
import { expectTypeOf, it } from 'vitest';
import plugin, { type CallStatusEvent, callStatusPlugin, createCallStatus, exotel, signalwire } from '../src/index.ts';

const fastify = Fastify();

it('puts the event on the request, or null', () => {
  fastify.post('/', (request) => {
    expectTypeOf(request.callStatus).toEqualTypeOf<CallStatusEvent | null>();
    // @ts-expect-error not every request is a callback
    void request.callStatus.callId;
    if (request.callStatus?.provider === 'exotel') expectTypeOf(request.callStatus.raw.CallSid).toEqualTypeOf<string>();
  });
});

it('takes a path, and a receiver, one of its providers, or options', () => {
  expectTypeOf(plugin).toEqualTypeOf(callStatusPlugin);
  const calls = createCallStatus({ providers: [signalwire(), exotel()] });
  fastify.register(callStatusPlugin, { path: '/', receiver: calls });
  fastify.register(callStatusPlugin, { path: '/', receiver: calls.provider('exotel') });
  fastify.register(callStatusPlugin, {
    path: '/',
    providers: [exotel()],
    onCompleted: (event) => expectTypeOf(event.status).toEqualTypeOf<'completed'>(),
    handler: (request, reply) => reply.send(request.callStatus?.callId),
  });
  fastify.register(callStatusPlugin, { path: '/', onStatus: (event: CallStatusEvent) => event.raw });
  fastify.register(callStatusPlugin, {
    path: '/',
    onStatus: (event) => expectTypeOf(event).toEqualTypeOf<CallStatusEvent>(),
  });
  fastify.register(callStatusPlugin, {
    path: '/',
    providers: [exotel(), signalwire()],
    onStatus: (event) => expectTypeOf(event.provider).toEqualTypeOf<'exotel' | 'signalwire'>(),
  });
  // Other plugins have options of their own.
  fastify.register(async (_scope, { path }) => expectTypeOf(path).toEqualTypeOf<number>(), { path: 7 });
  fastify.register(async (_scope, options) => expectTypeOf(options).toEqualTypeOf<{ path: string }>(), { path: '/' });
  // @ts-expect-error the plugin has to know where
  fastify.register(callStatusPlugin, { receiver: calls });
  // @ts-expect-error a provider is no receiver
  fastify.register(callStatusPlugin, { path: '/', receiver: exotel() });
  // @ts-expect-error no such option
  fastify.register(callStatusPlugin, { path: '/', signingKey: 'x' });
});

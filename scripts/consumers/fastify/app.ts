import { callStatusPlugin, signalwire } from '@call-status/fastify';
import Fastify from 'fastify';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const fastify = Fastify();
await fastify.register(callStatusPlugin, {
  path: '/webhooks/voice',
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
});

const address = new URL(await fastify.listen({ port: 0, host: '127.0.0.1' }));
await checkRoundTrip(Number(address.port));
await fastify.close();

/** `request.callStatus` is there for everyone who imports the package, and is typed. */
import byDefault, { type CallStatusEvent, callStatusPlugin, signalwire } from '@call-status/fastify';
import Fastify from 'fastify';

const fastify = Fastify();
fastify.register(callStatusPlugin, { path: '/webhooks/voice', providers: [signalwire({ signingKey: 'key' })] });
fastify.register(byDefault, { path: '/webhooks/default' });

// @ts-expect-error - a path is text
fastify.register(callStatusPlugin, { path: 7 });

fastify.addHook('onResponse', async (request) => {
  const event: CallStatusEvent | null = request.callStatus;
  // @ts-expect-error - null on a request that is no callback
  request.callStatus.callId;
  // @ts-expect-error - "finished" is no status of ours
  if (request.callStatus?.status === 'finished') return;
  request.log.info(event?.callId);
});

const assert = require('node:assert/strict');
const plugin = require('@call-status/fastify');

const fastify = require('fastify')();
fastify.register(plugin.callStatusPlugin, {
  path: '/webhooks/voice',
  providers: [plugin.signalwire({ signingKey: 'key' })],
});
fastify.ready().then(() => {
  assert.equal(fastify.hasRequestDecorator('callStatus'), true);
  return fastify.close();
});

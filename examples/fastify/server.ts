// Call status callbacks of all providers in Fastify, kept in an SQLite file until they are handled.
import { builtInProviders, callStatusPlugin, closeGracefully, createCallStatus } from '@call-status/fastify';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import Fastify from 'fastify';

const { PORT = '3000', HOST = '127.0.0.1', INBOX = 'calls.db', PUBLIC_URL } = process.env;

// Every provider whose secret is in the environment: SIGNALWIRE_SIGNING_KEY, EXOTEL_TOKEN, …
const providers = builtInProviders.flatMap((provider) => {
  const { name, secretOption = 'token' } = provider.definition;
  const secret = process.env[`${name}_${secretOption}`.replace(/[A-Z]/g, '_$&').toUpperCase()];
  return secret === undefined ? [] : [provider({ [secretOption]: secret })];
});

const calls = createCallStatus({
  providers,
  inbox: sqliteInbox({ path: INBOX }),
  publicUrl: PUBLIC_URL,
  onStatus({ raw, ...event }) {
    console.log(JSON.stringify({ event }));
  },
});

const fastify = Fastify();
for (const { name } of providers) {
  fastify.register(callStatusPlugin, { path: `/webhooks/${name}`, receiver: calls.provider(name) });
}

process.on('SIGTERM', () => closeGracefully(fastify, calls).then(() => process.exit()));

await fastify.listen({ port: Number(PORT), host: HOST });
console.log(JSON.stringify({ listening: fastify.server.address() }));

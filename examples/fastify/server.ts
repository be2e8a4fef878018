// Call status callbacks of four providers in Fastify, kept in an SQLite file until they are handled.
import {
  callStatusPlugin,
  closeGracefully,
  createCallStatus,
  exotel,
  mycpaas,
  signalwire,
  voicedock,
} from '@call-status/fastify';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import Fastify from 'fastify';

const { PORT = '3000', HOST = '127.0.0.1', INBOX = 'calls.db', PUBLIC_URL } = process.env;
const { SIGNALWIRE_SIGNING_KEY = '', VOICEDOCK_SECRET = '', EXOTEL_TOKEN = '', MYCPAAS_TOKEN = '' } = process.env;

const calls = createCallStatus({
  providers: [
    signalwire({ signingKey: SIGNALWIRE_SIGNING_KEY }),
    voicedock({ secret: VOICEDOCK_SECRET }),
    exotel({ token: EXOTEL_TOKEN }),
    mycpaas({ token: MYCPAAS_TOKEN }),
  ],
  inbox: sqliteInbox({ path: INBOX }),
  publicUrl: PUBLIC_URL,
  onStatus({ raw, ...event }) {
    console.log(JSON.stringify({ event }));
  },
});

const fastify = Fastify();
for (const name of ['signalwire', 'voicedock', 'exotel', 'mycpaas'] as const) {
  fastify.register(callStatusPlugin, { path: `/webhooks/${name}`, receiver: calls.provider(name) });
}

process.on('SIGTERM', () => closeGracefully(fastify, calls).then(() => process.exit()));

await fastify.listen({ port: Number(PORT), host: HOST });
console.log(JSON.stringify({ listening: fastify.server.address() }));

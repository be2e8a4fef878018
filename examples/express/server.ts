// Call status callbacks of four providers in Express, kept in an SQLite file until they are handled.
import {
  callStatusMiddleware,
  closeGracefully,
  createCallStatus,
  exotel,
  mycpaas,
  signalwire,
  voicedock,
} from '@call-status/express';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import express from 'express';

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

const app = express();
for (const name of ['signalwire', 'voicedock', 'exotel', 'mycpaas'] as const) {
  app.use(`/webhooks/${name}`, callStatusMiddleware(calls.provider(name)));
}

const server = app.listen(Number(PORT), HOST, () => console.log(JSON.stringify({ listening: server.address() })));

process.on('SIGTERM', () => closeGracefully(server, calls).then(() => process.exit()));

// Call status callbacks of all providers in Express, kept in an SQLite file until they are handled.
import { builtInProviders, callStatusMiddleware, closeGracefully, createCallStatus } from '@call-status/express';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import express from 'express';

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

const app = express();
for (const { name } of providers) {
  app.use(`/webhooks/${name}`, callStatusMiddleware(calls.provider(name)));
}

const server = app.listen(Number(PORT), HOST);
server.once('listening', () => console.log(JSON.stringify({ listening: server.address() })));

process.on('SIGTERM', () => closeGracefully(server, calls).then(() => process.exit()));

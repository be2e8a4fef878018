// The server that the demo kills, on one file or on a database. Its lease is short, so that a restart does not wait for long.
import { builtInProviders, callStatusMiddleware, closeGracefully, createCallStatus } from '@call-status/express';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import express from 'express';

const { PORT = '3000', HOST = '127.0.0.1', INBOX = 'calls.db', DATABASE, HANDLES = 'Infinity' } = process.env;

let begun = 0;

// Every provider whose secret is in the environment: SIGNALWIRE_SIGNING_KEY, EXOTEL_TOKEN, …
const providers = builtInProviders.flatMap((provider) => {
  const { name, secretOption = 'token' } = provider.definition;
  const secret = process.env[`${name}_${secretOption}`.replace(/[A-Z]/g, '_$&').toUpperCase()];
  return secret === undefined ? [] : [provider({ [secretOption]: secret })];
});

const calls = createCallStatus({
  providers,
  inbox: DATABASE === undefined ? sqliteInbox({ path: INBOX }) : postgresInbox({ url: DATABASE }),
  concurrency: 2,
  leaseMs: 1000,
  async onStatus({ raw, ...event }, { attempt }) {
    begun++;
    console.log(JSON.stringify({ begun: event.id }));
    // After so many events, handlers wait for a service that does not answer, until this process is killed.
    if (begun > Number(HANDLES)) await new Promise(() => {});
    console.log(JSON.stringify({ event: { ...event, attempt } }));
  },
});

const app = express();
for (const { name } of providers) {
  app.use(`/webhooks/${name}`, callStatusMiddleware(calls.provider(name)));
}

const server = app.listen(Number(PORT), HOST);
server.once('listening', () => console.log(JSON.stringify({ listening: server.address() })));

process.on('SIGTERM', () => closeGracefully(server, calls).then(() => process.exit()));

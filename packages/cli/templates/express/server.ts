import { closeGracefully } from '@call-status/express';
import { app } from './app.ts';
import { calls } from './calls.ts';

const { PORT = '3000', HOST = '127.0.0.1' } = process.env;

// A wrong path or password shows now, not with the first callback.
await calls.ready();

// Express gives a callback of listen() errors, too, so a port in use would look like success.
const server = app.listen(Number(PORT), HOST);
server.once('listening', () => console.log(`Listening on http://${HOST}:${PORT}`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => closeGracefully(server, calls).then(() => process.exit()));
}

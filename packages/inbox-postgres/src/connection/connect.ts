import { Socket } from 'node:net';
import process from 'node:process';
import { Client, type ClientConfig } from 'pg';
import { clearTimeout, setTimeout } from '../timers.ts';
import { fromServer, nameOf, type TimeLimits } from './server-errors.ts';
import { requireWritable } from './servers.ts';

/** How long a connection may take to say goodbye, in milliseconds. A frozen server never does. */
const GOODBYE_MS = 1000;

/** A connection of `pg`, with its socket: `pg` itself waits for the server when it ends one. */
export interface OpenConnection {
  readonly client: Client;
  readonly isBroken: boolean;
  /** Its server, for errors. */
  readonly server: string;
  /** Sends what is written in this turn at once, which saves the server a sixth of its time. */
  gather(): void;
  end(): Promise<void>;
}

/** Connects to a server that can be written. */
export async function connect(config: ClientConfig, limits: TimeLimits): Promise<OpenConnection> {
  // That of a pool may lead elsewhere than host and port: through a connector of a cloud.
  const socket = config.stream?.() ?? new Socket();
  const client = new Client({ ...config, stream: () => socket });
  let isBroken = false;
  // Without a listener, a connection that dies would end the process.
  client.on('error', () => {
    isBroken = true;
  });
  client.on('end', () => {
    isBroken = true;
  });
  const connection: OpenConnection = {
    client,
    server: nameOf(client),
    get isBroken() {
      return isBroken;
    },
    gather() {
      if (socket.writableCorked > 0) return;
      socket.cork();
      process.nextTick(() => socket.uncork());
    },
    async end() {
      const timer = setTimeout(() => socket.destroy(), isBroken ? 0 : GOODBYE_MS);
      await client.end().catch(() => {});
      clearTimeout(timer);
    },
  };
  try {
    await client.connect();
    await requireWritable(client);
    return connection;
  } catch (error) {
    await connection.end();
    throw fromServer(error, connection.server, limits);
  }
}

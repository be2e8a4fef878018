import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unreachable, wrongUsage } from '../cli-error.ts';

/**
 * Reads the number of a port.
 *
 * @throws CliError wrong_usage
 */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw wrongUsage(`The port is not "${text}".`, 'It is a number up to 65535; 0 takes a free one.');
}

/**
 * Has a server listen.
 *
 * @returns its URL, without a slash at the end
 * @throws CliError unreachable if the port or the address cannot be used
 */
export async function listenAt(server: Server, port: number, host: string): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const inUse = code === 'EADDRINUSE';
    throw unreachable(
      `Port ${port} at ${host} ${inUse ? 'is in use' : `cannot be used (${code})`}.`,
      inUse ? 'Choose another, or 0 for a free one.' : undefined,
      error,
    );
  }
  const { address, port: chosen } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${chosen}`;
}

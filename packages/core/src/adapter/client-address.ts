import type { IncomingMessage } from 'node:http';

/** The address of a client. Express, Koa and Fastify call it `ip`, and know which proxies to trust. */
export function clientAddressOf(req: IncomingMessage, frameworkRequest: unknown): string | undefined {
  const { ip } = Object(frameworkRequest) as { readonly ip?: unknown };
  return typeof ip === 'string' ? ip : req.socket.remoteAddress;
}

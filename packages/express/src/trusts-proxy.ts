import type { Request } from 'express';

/** Whether Express' own setting trusts the sender of a request. */
export function trustsProxy(req: Request): boolean {
  const trusts: (address: string | undefined, hop: number) => boolean = req.app.get('trust proxy fn');
  return trusts(req.socket.remoteAddress, 0);
}

import { callbackSender } from '../sender/sender.ts';
import type { Delivery, Playable } from './delivery.ts';

/** Delivers callbacks one after the other; resolves to the statuses of the answers. */
export function play(
  deliveries: readonly Delivery[],
  to: Playable | string,
  wait: (ms: number) => unknown,
): Promise<readonly number[]> {
  return typeof to === 'string' ? playIntoServer(deliveries, localUrl(to), wait) : playInto(deliveries, to, wait);
}

async function playInto(
  deliveries: readonly Delivery[],
  to: Playable,
  wait: (ms: number) => unknown,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const { callback, faults, bodyMs } of deliveries) {
    if (faults.includes('abort')) continue;
    if (bodyMs > 0) await wait(bodyMs);
    statuses.push((await to.receive(callback))?.status ?? 404);
  }
  return statuses;
}

async function playIntoServer(
  deliveries: readonly Delivery[],
  to: URL,
  wait: (ms: number) => unknown,
): Promise<readonly number[]> {
  const sender = callbackSender(to, { wait });
  try {
    const statuses: number[] = [];
    for (const delivery of deliveries)
      statuses.push(...[await sender.send(delivery)].filter((status) => status !== undefined));
    return statuses;
  } finally {
    sender.close();
  }
}

function localUrl(url: string): URL {
  const to = new URL(url);
  if (!['127.0.0.1', 'localhost'].includes(to.hostname))
    throw new TypeError(`playInto() sends only to this machine, not to ${to.hostname}.`);
  return to;
}

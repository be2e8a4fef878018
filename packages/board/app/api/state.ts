import { signal } from '@preact/signals';
import type { Failure, HealthPage, Meta, Permissions } from '../../src/api/types.ts';
import { get, toFailure } from './client.ts';

/** What the server says about itself and the visitor. */
export const meta = signal<Meta | undefined>();
/** The newest health, every five seconds while the page is live. */
export const health = signal<HealthPage | undefined>();
/** Why the server does not answer the page; each page says itself why it has no data. */
export const serverFailure = signal<Failure | undefined>();

/** The difference between the server's clock and the browser's, in milliseconds. */
let clockOffset = 0;

/** The time by the server's clock, with which times of calls are compared. */
export function serverNow(): number {
  return Date.now() + clockOffset;
}

export async function loadMeta(): Promise<void> {
  try {
    const loaded = await get<Meta>('meta');
    clockOffset = Date.parse(loaded.now) - Date.now();
    meta.value = loaded;
    serverFailure.value = undefined;
  } catch (error) {
    serverFailure.value = toFailure(error);
    setTimeout(loadMeta, 5000);
  }
}

export function may(permission: keyof Permissions): boolean {
  return meta.value?.can[permission] === true;
}

import { type Callback, type CallbackKind, callback, forged } from './callbacks.ts';

/** A genuine callback is answered with an empty 200; of a server that verifies, a forged one is refused. */
export async function check(port: number, kind: CallbackKind, verifies: boolean): Promise<void> {
  const { status, body } = await post(port, callback(nextNumber++, kind));
  if (status !== 200 || body !== '') throw new Error(`A genuine callback was answered with ${status} ${body}.`);
  if (!verifies) return;
  const refusal = await post(port, forged(callback(nextNumber++, kind)));
  if (refusal.status !== 403) throw new Error(`A forged callback was answered with ${refusal.status}.`);
}

/** From a number on that the load does not reach. */
let nextNumber = 4_000_000_000;

async function post(port: number, { url, headers, body }: Callback): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${url}`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}

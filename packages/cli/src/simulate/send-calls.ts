import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallbackSender, callbackSender, type Delivery, type ExpectedCall } from '@call-status/testing';
import type { CallMaker, Target } from './plan.ts';
import { add, addCall, type Tally } from './tally.ts';

/** How calls are sent. */
export interface Sending {
  readonly calls: number;
  /** How many begin each second. */
  readonly rate: number;
  readonly concurrency: number;
  readonly makeCall: CallMaker;
  readonly tally: Tally;
  /** No call begins once it is aborted; those that have begun are sent to their end. */
  readonly stop: AbortController;
  /** Called once all callbacks of a call were answered. */
  readonly onExpected: (expected: readonly ExpectedCall[]) => void;
}

/** A server that is not there, or is gone. */
export interface Gone {
  readonly to: URL;
  readonly cause: Error;
}

/** A callback is sent so often if there is no answer, or one of 500 or more. */
const ATTEMPTS = 4;
const PAUSE_MS = 100;
/** After so many callbacks without an answer, the server is gone. */
const MOST_SILENT = 20;

/**
 * Sends calls. The callbacks of a call come one after the other, so what is expected does not depend on chance.
 *
 * @returns the server for which it ended early, if it did
 */
export async function sendCalls(sending: Sending): Promise<Gone | undefined> {
  const { calls, rate, concurrency, stop } = sending;
  const senders = new Map<string, CallbackSender>();
  const startedAt = performance.now();
  // Each call that waits for its turn listens.
  setMaxListeners(concurrency, stop.signal);
  let next = 0;
  let gone: Gone | undefined;
  const work = async (): Promise<void> => {
    while (next < calls && !stop.signal.aborted) {
      const index = next++;
      const waitMs = startedAt + (index * 1000) / rate - performance.now();
      if (waitMs > 1) await sleep(waitMs, undefined, stop).catch(() => {});
      if (stop.signal.aborted) return;
      gone ??= await sendCall(index, sending, senders);
      if (gone !== undefined) stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, work));
  for (const sender of senders.values()) sender.close();
  return gone;
}

async function sendCall(
  index: number,
  { makeCall, concurrency, tally, onExpected }: Sending,
  senders: Map<string, CallbackSender>,
): Promise<Gone | undefined> {
  const { target, call } = makeCall(index);
  const sender = senderTo(target, senders, concurrency);
  for (const delivery of call.deliveries) {
    const cause = await sendOne(behindProxy(delivery, target), sender, tally);
    if (cause !== undefined && (tally.answers.size === 0 || tally.silent >= MOST_SILENT))
      return { to: target.to, cause };
  }
  const expected = call.expected();
  addCall(tally, call, expected);
  onExpected(expected);
  return undefined;
}

/** The signature covers what the provider called; the server gets what a proxy leaves of it. */
function behindProxy({ callback, ...delivery }: Delivery, { prefix }: Target): Delivery {
  return { ...delivery, callback: { ...callback, url: callback.url.slice(prefix.length) } };
}

function senderTo({ to }: Target, senders: Map<string, CallbackSender>, sockets: number): CallbackSender {
  let sender = senders.get(to.origin);
  if (sender === undefined) {
    sender = callbackSender(to, { sockets });
    senders.set(to.origin, sender);
  }
  return sender;
}

/** Sends a callback, again if need be, and returns why there is no answer. */
async function sendOne(delivery: Delivery, sender: CallbackSender, tally: Tally): Promise<Error | undefined> {
  for (let attempt = 1; ; attempt++) {
    const startedAt = performance.now();
    tally.callbacks++;
    const status = await sender.send(delivery).catch((error: Error) => error);
    // Its connection was broken on purpose.
    if (status === undefined) return undefined;
    const isLast = attempt === ATTEMPTS || tally.answers.size === 0;
    if (typeof status === 'number') {
      tally.latency.add(performance.now() - startedAt - delivery.bodyMs);
      add(tally.answers, status);
      tally.silent = 0;
      if (status >= 500 && attempt < ATTEMPTS) continue;
      judge(status, delivery, tally);
      return undefined;
    }
    if (isLast) {
      tally.unanswered++;
      tally.silent++;
      return status;
    }
    await sleep(PAUSE_MS * 2 ** attempt);
  }
}

function judge(status: number, { isRefused }: Delivery, tally: Tally): void {
  const isAccepted = status >= 200 && status < 300;
  if (isRefused && isAccepted) tally.wronglyAccepted++;
  if (!isRefused && !isAccepted) add(tally.wronglyRefused, status);
}

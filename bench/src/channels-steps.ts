/** Callbacks in one process, without HTTP, with and without subscribers to the channels of `node:diagnostics_channel`, in turns. */
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { type CallbackRequest, createCallStatus, memoryInbox, signalwire } from '@call-status/core';
import { callback, PUBLIC_URL, SIGNING_KEY } from './callbacks.ts';
import { answerWith } from './child.ts';

const CONTENDERS = ['nothing', 'nothing, again', 'received', 'all channels'] as const;
type Contender = (typeof CONTENDERS)[number];

/** CPU microseconds per callback in each window, by what listens. */
export type ChannelCosts = Readonly<Record<Contender, readonly number[]>>;

/** Callbacks of a turn. Turns are short, so that what else the machine does falls on all. */
const CALLBACKS = 100;
const TURNS = 10;
/** Windows in which the program is still being compiled. */
const WARM_UP = 5;

const heard = { messages: 0 };
const hear = (): void => void heard.messages++;
const tracing = { start: hear, end: hear, asyncStart: hear, asyncEnd: hear, error: hear };
const handling = tracingChannel('call-status:handle');

answerWith(async ({ windows }: { readonly windows: number }) => {
  const costs: Record<Contender, number[]> = { nothing: [], 'nothing, again': [], received: [], 'all channels': [] };
  let number = 0;
  for (let window = 0; window < windows + WARM_UP; window++) {
    const sums = new Map<Contender, number>();
    for (let turn = 0; turn < TURNS; turn++) {
      for (let at = 0; at < CONTENDERS.length; at++) {
        // Each is first equally often.
        const contender = CONTENDERS[(turn + at) % CONTENDERS.length] as Contender;
        const requests = Array.from({ length: CALLBACKS }, () => requestOf(number++));
        sums.set(contender, (sums.get(contender) ?? 0) + (await costOf(contender, requests)) / TURNS);
      }
    }
    if (window >= WARM_UP) for (const [contender, sum] of sums) costs[contender].push(sum);
  }
  if (heard.messages === 0) throw new Error('Nothing was published.');
  return costs satisfies ChannelCosts;
});

async function costOf(contender: Contender, requests: readonly CallbackRequest[]): Promise<number> {
  let handled = 0;
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: SIGNING_KEY, onEnded: () => handled++ })],
    publicUrl: PUBLIC_URL,
    inbox: memoryInbox(),
  });
  const names =
    contender === 'all channels' ? ['call-status:received', 'call-status:handled'] : ['call-status:received'];
  const isHeard = !contender.startsWith('nothing');
  if (isHeard) for (const name of names) subscribe(name, hear);
  if (contender === 'all channels') handling.subscribe(tracing);
  const before = process.cpuUsage();
  for (const request of requests) {
    const receipt = await calls.receive(request);
    if (receipt?.status !== 200) throw new Error(`Answered ${receipt?.status}.`);
  }
  while (handled < requests.length) await new Promise(setImmediate);
  const { user, system } = process.cpuUsage(before);
  if (isHeard) for (const name of names) unsubscribe(name, hear);
  if (contender === 'all channels') handling.unsubscribe(tracing);
  await calls.close();
  return (user + system) / requests.length;
}

function requestOf(number: number): CallbackRequest {
  const { url, headers, body } = callback(number, 'signalwire-form');
  return { method: 'POST', url, origin: PUBLIC_URL, headers, body: Buffer.from(body) };
}

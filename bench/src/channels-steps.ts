/** Callbacks in one process, without HTTP, with and without subscribers to the channels of `node:diagnostics_channel`, in turns. */
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { type CallbackRequest, createCallStatus, memoryInbox, signalwire } from '@call-status/core';
import { callback, PUBLIC_URL, SIGNING_KEY } from './callbacks.ts';
import { answerWith } from './child.ts';
import { type Listening, metricsAndSpans, metricsOnly } from './telemetry.ts';

/** CPU microseconds per callback in each window, by what listens. */
export type ChannelCosts = Readonly<Record<string, readonly number[]>>;

/** Callbacks of a turn. Turns are short, so that what else the machine does falls on all. */
const CALLBACKS = 200;
const TURNS = 6;
/** Windows in which the program is still being compiled. */
const WARM_UP = 5;

const heard = { messages: 0 };
const hear = (): void => void heard.messages++;
const tracing = { start: hear, end: hear, asyncStart: hear, asyncEnd: hear, error: hear };
const handling = tracingChannel('call-status:handle');

const CONTENDERS: readonly (readonly [name: string, listen: () => Listening])[] = [
  ['nothing', () => NOTHING],
  ['nothing, again', () => NOTHING],
  ['received', () => hearing('call-status:received')],
  ['all channels', allChannels],
  ['OpenTelemetry, metrics', metricsOnly],
  ['OpenTelemetry, metrics and spans', metricsAndSpans],
];

const NOTHING: Listening = { stop() {} };

function hearing(...names: readonly string[]): Listening {
  for (const name of names) subscribe(name, hear);
  return {
    stop() {
      for (const name of names) unsubscribe(name, hear);
    },
  };
}

function allChannels(): Listening {
  const { stop } = hearing('call-status:received', 'call-status:handled');
  handling.subscribe(tracing);
  return {
    stop() {
      stop();
      handling.unsubscribe(tracing);
    },
  };
}

answerWith(async ({ windows }: { readonly windows: number }) => {
  const costs = new Map(CONTENDERS.map(([name]) => [name, [] as number[]]));
  let number = 0;
  for (let window = 0; window < windows + WARM_UP; window++) {
    const sums = new Map<string, number>();
    for (let turn = 0; turn < TURNS; turn++) {
      for (let at = 0; at < CONTENDERS.length; at++) {
        // Each is first equally often.
        const [name, listen] = CONTENDERS[(turn + at) % CONTENDERS.length] as (typeof CONTENDERS)[number];
        const requests = () => Array.from({ length: CALLBACKS }, () => requestOf(number++));
        // What the one before left behind, such as garbage, must not fall on this one.
        await costOf(() => NOTHING, requests());
        sums.set(name, (sums.get(name) ?? 0) + (await costOf(listen, requests())) / TURNS);
      }
    }
    if (window >= WARM_UP) for (const [name, sum] of sums) costs.get(name)?.push(sum);
  }
  if (heard.messages === 0) throw new Error('Nothing was published.');
  return Object.fromEntries(costs) satisfies ChannelCosts;
});

async function costOf(listen: () => Listening, requests: readonly CallbackRequest[]): Promise<number> {
  let handled = 0;
  const { traceContext, flush, stop } = listen();
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: SIGNING_KEY, onEnded: () => handled++ })],
    publicUrl: PUBLIC_URL,
    inbox: memoryInbox(),
    ...(traceContext !== undefined && { traceContext }),
  });
  const before = process.cpuUsage();
  for (const request of requests) {
    const receipt = await calls.receive(request);
    if (receipt?.status !== 200) throw new Error(`Answered ${receipt?.status}.`);
  }
  while (handled < requests.length) await new Promise(setImmediate);
  await flush?.();
  const { user, system } = process.cpuUsage(before);
  await calls.close();
  stop();
  return (user + system) / requests.length;
}

function requestOf(number: number): CallbackRequest {
  const { url, headers, body } = callback(number, 'signalwire-form');
  return { method: 'POST', url, origin: PUBLIC_URL, headers, body: Buffer.from(body) };
}

/** A process that receives the whole course of many calls at once into the memory inbox, and weighs it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCallStatus, memoryInbox, signalwire } from '@call-status/core';
import { CALLBACKS_PER_CALL, courseOf, PUBLIC_URL, SIGNING_KEY } from './callbacks.ts';
import { answerWith } from './child.ts';

/** How many calls are live at once. */
export interface LiveCalls {
  readonly calls: number;
}

/** After each callback that all calls have had: bytes of the heap for a call, and CPU microseconds of the callback. */
export type CallWeights = readonly { readonly bytes: number; readonly cpu: number }[];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

answerWith(({ calls }: LiveCalls) => weigh(calls));

async function weigh(count: number): Promise<CallWeights> {
  let handled = 0;
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: SIGNING_KEY, onStatus: () => handled++ })],
    publicUrl: PUBLIC_URL,
    inbox: memoryInbox(),
  });
  const weights: { bytes: number; cpu: number }[] = [];
  const empty = used();
  for (let at = 0; at < CALLBACKS_PER_CALL; at++) {
    const before = process.cpuUsage();
    for (let number = 0; number < count; number++) {
      const { url, headers, body } = courseOf(number, at);
      const receipt = await calls.receive({
        method: 'POST',
        url,
        origin: PUBLIC_URL,
        headers,
        body: Buffer.from(body),
      });
      if (receipt?.status !== 200) throw new Error(`Answered ${receipt?.status}.`);
    }
    while (handled < count * (at + 1)) await new Promise(setImmediate);
    const { user, system } = process.cpuUsage(before);
    weights.push({ bytes: (used() - empty) / count, cpu: (user + system) / count });
  }
  await calls.close();
  return weights;
}

function used(): number {
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

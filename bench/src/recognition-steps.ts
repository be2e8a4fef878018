/** Callbacks in one process, without HTTP, to a receiver of all providers and to one of theirs, in turns. */
import { builtInProviders, createCallStatus, memoryInbox, type Receiver } from '@call-status/core';
import { type Callback, callback, fixtures, optionsFor, proofFor } from '@call-status/testing';
import { answerWith } from './child.ts';

/** CPU microseconds per callback in each window, by provider. */
export type RecognitionCosts = readonly {
  readonly provider: string;
  readonly named: readonly number[];
  readonly all: readonly number[];
}[];

type BuiltIn = (typeof builtInProviders)[number];

const CALLBACKS = 300;
const WINDOWS = 40;
/** Windows in which the program is still being compiled. */
const WARM_UP = 10;
const SECRET = 'of the benchmark';

answerWith(async () => {
  const costs: RecognitionCosts[number][] = [];
  for (const provider of builtInProviders) costs.push(await costsOf(provider));
  return costs;
});

async function costsOf(provider: BuiltIn): Promise<RecognitionCosts[number]> {
  const [named, all] = [receiverOf([provider]), receiverOf(builtInProviders)];
  const costs = { named: [] as number[], all: [] as number[] };
  for (let window = 0; window < WINDOWS; window++) {
    const requests = Array.from({ length: CALLBACKS }, (_, at) => callbackOf(provider, window * CALLBACKS + at));
    // Neither is always first.
    const turns = [['named', named] as const, ['all', all] as const];
    for (const [name, receiver] of window % 2 === 0 ? turns : turns.reverse()) {
      const cost = await costOf(receiver, requests);
      if (window >= WARM_UP) costs[name].push(cost);
    }
  }
  await Promise.all([named.close(), all.close()]);
  return { provider: provider.definition.name, ...costs };
}

function receiverOf(providers: readonly BuiltIn[]): Receiver {
  return createCallStatus({
    providers: providers.map((provider) => provider(optionsFor(provider, SECRET))),
    inbox: memoryInbox(),
    log: { warn() {}, error() {} },
  }) as never;
}

async function costOf(receiver: Receiver, requests: readonly Callback[]): Promise<number> {
  const before = process.cpuUsage();
  for (const request of requests) {
    const receipt = await receiver.receive(request);
    if (receipt?.status !== 200) throw new Error(`Answered ${receipt?.status}.`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests.length;
}

/** The last callback of a call: each number is another call. */
function callbackOf(provider: BuiltIn, number: number): Callback {
  const sample = fixtures(provider).find(({ expect, recognized }) => {
    return recognized && expect.kind === 'event' && expect.event['status'] === 'completed';
  });
  if (sample?.expect.kind !== 'event')
    throw new Error(`${provider.definition.name} has no callback of a completed call.`);
  const callId = `${String(sample.expect.event['callId']).slice(0, -6)}${number.toString(16).padStart(6, '0')}`;
  return callback(provider, sample, { callId, ...proofFor(provider, SECRET) });
}

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

/** Callbacks of a turn. Turns are short, so that what else the machine does falls on both. */
const CALLBACKS = 50;
const TURNS = 20;
const WINDOWS = 30;
const SECRET = 'of the benchmark';

answerWith(async () => {
  // The first round of all providers is not measured: the program is still being compiled.
  for (const provider of builtInProviders) await costsOf(provider, WINDOWS / 3);
  const costs: RecognitionCosts[number][] = [];
  for (const provider of builtInProviders) costs.push(await costsOf(provider, WINDOWS));
  return costs;
});

async function costsOf(provider: BuiltIn, windows: number): Promise<RecognitionCosts[number]> {
  const costs = { named: [] as number[], all: [] as number[] };
  for (let window = 0; window < windows; window++) {
    const receivers = { named: receiverOf([provider]), all: receiverOf(builtInProviders) };
    const sums = { named: 0, all: 0 };
    for (let turn = 0; turn < TURNS; turn++) {
      const requests = Array.from({ length: CALLBACKS }, (_, at) => callbackOf(provider, turn * CALLBACKS + at));
      // Neither is always first.
      const order = turn % 2 === 0 ? (['named', 'all'] as const) : (['all', 'named'] as const);
      for (const name of order) sums[name] += (await costOf(receivers[name], requests)) / TURNS;
    }
    for (const name of ['named', 'all'] as const) {
      costs[name].push(sums[name]);
      await receivers[name].close();
    }
  }
  return { provider: provider.definition.name, ...costs };
}

function receiverOf(providers: readonly BuiltIn[]): Receiver {
  return createCallStatus({
    providers: providers.map((provider) => provider(optionsFor(provider, SECRET))),
    inbox: memoryInbox(),
    worker: false,
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

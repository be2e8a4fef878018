import { startChild } from './child.ts';
import type { CallWeights, LiveCalls } from './memory-steps.ts';
import { MACHINE, type Section } from './report.ts';

const CALLS = 5000;

/** What live calls weigh in the memory inbox, by how many callbacks of each have come. */
export async function benchMemory(): Promise<Section> {
  const child = startChild('memory-steps.js', 'server');
  try {
    const weights = await child.ask<CallWeights>({ calls: CALLS } satisfies LiveCalls);
    return {
      title: `${CALLS} calls at once in the memory inbox, ${MACHINE}`,
      columns: ['callbacks of each', 'kB per call', 'kB per callback', 'µs per callback, with making it'],
      rows: weights.map(({ bytes, cpu }, at) => [
        at + 1,
        (bytes / 1000).toFixed(1),
        at === weights.length - 1 ? 'the call has ended' : ((bytes - (weights[at - 1]?.bytes ?? 0)) / 1000).toFixed(1),
        cpu.toFixed(0),
      ]),
    };
  } finally {
    await child.stop();
  }
}

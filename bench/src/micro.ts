import { startChild } from './child.ts';
import type { Section } from './report.ts';
import type { StepCosts } from './steps.ts';

/** What each step of a callback costs, without HTTP. */
export async function benchMicro(): Promise<Section> {
  const child = startChild('steps.js', 'server');
  try {
    const costs = await child.ask<StepCosts>('run');
    return {
      title: 'The steps of a callback, CPU in µs',
      columns: ['step', 'call-status', 'by hand'],
      rows: costs.map(([step, cost, byHand]) => [step, cost.toFixed(1), byHand?.toFixed(1) ?? '']),
    };
  } finally {
    await child.stop();
  }
}

import type { ChannelCosts } from './channels-steps.ts';
import { startChild } from './child.ts';
import { MACHINE, type Section } from './report.ts';
import { quantile, spread } from './statistics.ts';

/** What a callback and its handler cost while something listens to the channels, as a ratio to what they cost while nothing does. */
export async function benchChannels(windows: number): Promise<Section> {
  const child = startChild('channels-steps.js', 'server');
  try {
    const costs = await child.ask<ChannelCosts>({ windows });
    const { nothing = [] } = costs;
    return {
      title: `A callback and its handler, by what listens to the channels, ${MACHINE}`,
      columns: ['what listens', 'CPU µs', 'ratio (p10–p90)'],
      rows: Object.entries(costs).map(([name, list]) => {
        const { p10, median, p90 } = spread(list.map((cost, at) => cost / (nothing[at] ?? Number.NaN)));
        const ratio = `**${median.toFixed(2)}** (${p10.toFixed(2)}–${p90.toFixed(2)})`;
        return [name, quantile(list, 0.5).toFixed(1), ratio];
      }),
    };
  } finally {
    await child.stop();
  }
}

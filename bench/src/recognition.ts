import { startChild } from './child.ts';
import type { RecognitionCosts } from './recognition-steps.ts';
import { MACHINE, type Section, verdict } from './report.ts';
import { quantile, spread } from './statistics.ts';

const TARGET = { atMost: 1.15 };

/** What a callback costs at a URL with all built-in providers, as a ratio to one with its provider only. */
export async function benchRecognition(): Promise<Section> {
  const child = startChild('recognition-steps.js', 'server');
  try {
    const costs = await child.ask<RecognitionCosts>('run');
    const found = costs.map(({ provider, named, all }) => {
      const ratios = spread(all.map((cost, at) => cost / (named[at] ?? Number.NaN)));
      return { provider, named: quantile(named, 0.5), all: quantile(all, 0.5), ratios };
    });
    return {
      title: `A callback at a URL of all providers, ${MACHINE}`,
      columns: ['callback of', 'CPU µs, its provider only', 'CPU µs, all providers', 'ratio (p10–p90)', 'target'],
      rows: found.map(({ provider, named, all, ratios: { p10, median, p90 } }) => [
        provider,
        named.toFixed(1),
        all.toFixed(1),
        `**${median.toFixed(2)}** (${p10.toFixed(2)}–${p90.toFixed(2)})`,
        verdict(median, TARGET),
      ]),
      findings: found.map(({ provider, ratios }) => ({
        what: `CPU, all providers at one URL: ${provider}`,
        beside: 'its provider only',
        target: TARGET,
        measured: ratios.median,
      })),
    };
  } finally {
    await child.stop();
  }
}

import { startChild } from './child.ts';
import type { FilledInboxes, RecordCost, RecordCosts } from './known-calls.ts';
import { MACHINE, type Section, verdict } from './report.ts';
import { quantile } from './statistics.ts';

const FEW_CALLS = 1000;
const BATCHES = 30;
const TARGET = { atMost: 1.3 };

/** Whether an event costs more when the file knows many calls. */
export async function benchKnownCalls(calls: number): Promise<Section> {
  const child = startChild('known-calls.js', 'server');
  try {
    process.stderr.write(`Recording ${calls} calls\n`);
    await child.ask({ fill: [FEW_CALLS, calls] } satisfies FilledInboxes);
    const [few = [], many = []] = await child.ask<RecordCosts>({ batches: BATCHES });
    const median = (list: readonly RecordCost[], of: keyof RecordCost): string =>
      quantile(
        list.map((cost) => cost[of]),
        0.5,
      ).toFixed(1);
    const ratio = (of: keyof RecordCost): number =>
      quantile(
        many.map((cost, batch) => cost[of] / (few[batch]?.[of] ?? Number.NaN)),
        0.5,
      );
    const measured = ratio('cpu');
    return {
      title: `One event, by the calls that the file knows, ${MACHINE}`,
      columns: ['known calls', 'CPU µs', 'ratio', 'target', 'wall clock µs', 'ratio'],
      rows: [
        [FEW_CALLS, median(few, 'cpu'), '1.00', '', median(few, 'wall'), '1.00'],
        [
          calls,
          median(many, 'cpu'),
          `**${measured.toFixed(2)}**`,
          verdict(measured, TARGET),
          median(many, 'wall'),
          `**${ratio('wall').toFixed(2)}**`,
        ],
      ],
      findings: [{ what: `CPU, ${calls} known calls`, beside: `${FEW_CALLS} known calls`, target: TARGET, measured }],
    };
  } finally {
    await child.stop();
  }
}

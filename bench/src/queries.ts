import { startChild } from './child.ts';
import { startPostgres } from './durable/database.ts';
import type { Answer, Ask } from './queries/asker.ts';
import { MACHINE, type Section, verdict } from './report.ts';

/** No answer may block the event loop of the service for longer, in milliseconds. */
const LONGEST_BLOCK = { atMost: 5 };

/** What a board asks of a store with so many calls, and how long it takes. */
export async function benchQueries(calls: number, only: string | undefined): Promise<readonly Section[]> {
  const ask = { calls, ...(only !== undefined && { only }) };
  const sections = [sectionOf('SQLite', calls, await answers(ask))];
  const server = await startPostgres();
  if (server === undefined) return sections;
  try {
    sections.push(sectionOf('PostgreSQL', calls, await answers({ ...ask, url: server.url })));
  } finally {
    await server.stop();
  }
  return sections;
}

async function answers(ask: Ask): Promise<readonly Answer[]> {
  process.stderr.write(`Filling ${ask.url === undefined ? 'SQLite' : 'PostgreSQL'} with ${ask.calls} calls\n`);
  const child = startChild('queries/asker.js', 'any');
  try {
    return await child.ask<readonly Answer[]>(ask);
  } finally {
    await child.stop();
  }
}

function sectionOf(store: string, calls: number, found: readonly Answer[]): Section {
  return {
    title: `What a board asks of ${calls} calls in ${store}, in milliseconds, ${MACHINE}`,
    columns: ['query', 'best', 'median', 'p99', 'wanted', 'longest block', 'wanted'],
    rows: found.map(({ name, best, median, p99, longestBlock, wanted }) => [
      name,
      best.toFixed(2),
      median.toFixed(2),
      p99.toFixed(2),
      verdict(median, wanted === undefined ? undefined : { atMost: wanted }),
      longestBlock.toFixed(2),
      verdict(longestBlock, LONGEST_BLOCK),
    ]),
  };
}

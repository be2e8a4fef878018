import { startChild } from './child.ts';
import { startPostgres } from './durable/database.ts';
import type { Answer, Ask, Filling } from './queries/asker.ts';
import { type Question, questionsOf } from './queries/questions.ts';
import { MACHINE, type Section, verdict } from './report.ts';

/** No answer may block the event loop of the service for longer, in milliseconds. */
const LONGEST_BLOCK = { atMost: 5 };

/**
 * What a board asks of a store with so many calls, and how long it takes.
 *
 * @param only a part of the name of the store and of the query, such as `sqlite feed`: no other store is filled
 */
export async function benchQueries(calls: number, only = ''): Promise<readonly Section[]> {
  const now = Date.now();
  const wanted = (store: string): readonly Question[] =>
    questionsOf(calls, now).filter(({ name }) => `${store} ${name}`.toLowerCase().includes(only.toLowerCase()));
  const sections: Section[] = [];
  const ofSqlite = wanted('SQLite');
  if (ofSqlite.length > 0) sections.push(await ask('SQLite', { calls, now }, ofSqlite));
  const ofPostgres = wanted('PostgreSQL');
  const server = ofPostgres.length > 0 ? await startPostgres() : undefined;
  if (server === undefined) return sections;
  try {
    sections.push(await ask('PostgreSQL', { calls, now, url: server.url }, ofPostgres));
  } finally {
    await server.stop();
  }
  return sections;
}

async function ask(store: string, filling: Filling, questions: readonly Question[]): Promise<Section> {
  const child = startChild('queries/asker.js', 'any');
  try {
    process.stderr.write(`Filling ${store}\n`);
    const begun = performance.now();
    await child.ask(filling satisfies Ask);
    process.stderr.write(`Filled in ${Math.round((performance.now() - begun) / 1000)} s\n`);
    const rows: string[][] = [];
    for (const question of questions) {
      rows.push(rowOf(question, await child.ask<Answer>({ name: question.name } satisfies Ask)));
    }
    await child.ask('close' satisfies Ask);
    return {
      title: `What a board asks of ${filling.calls} calls in ${store}, in milliseconds, ${MACHINE}`,
      columns: ['query', 'best', 'median', 'p99', 'CPU', 'wanted', 'longest block', 'its CPU', 'wanted'],
      rows,
    };
  } finally {
    await child.stop();
  }
}

function rowOf({ name, wantedMs }: Question, { best, median, p99, cpu, longestBlock }: Answer): string[] {
  const target = wantedMs === undefined ? undefined : { atMost: wantedMs };
  return [
    name,
    ...[best, median, p99, cpu].map((ms) => ms.toFixed(2)),
    verdict(median, target),
    ...[longestBlock.ms, longestBlock.cpu].map((ms) => ms.toFixed(2)),
    verdict(longestBlock.cpu, LONGEST_BLOCK),
  ];
}

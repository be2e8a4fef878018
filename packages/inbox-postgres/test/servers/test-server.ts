import { randomBytes } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { queryAt } from './postgres.ts';

/** The server that all test files share; undefined where there is none. */
export async function sharedServer(): Promise<string | undefined> {
  const response = await fetch(inject('postgresServer'));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text === '' ? undefined : text;
}

/** The name of a schema that no other test uses. It is dropped after the test. */
export function freshSchema(url: string): string {
  const schema = `t_${randomBytes(8).toString('hex')}`;
  onTestFinished(async () => {
    await queryAt(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
  return schema;
}

/** The URL of a new database, which is dropped after the test. @param options such as `ENCODING 'LATIN1' TEMPLATE template0` */
export async function freshDatabase(url: string, options = ''): Promise<string> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await queryAt(url, `CREATE DATABASE ${name} ${options}`);
  onTestFinished(async () => {
    await queryAt(url, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

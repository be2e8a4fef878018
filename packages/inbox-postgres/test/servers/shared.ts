// One server for all test files that ask for it, started by the first.
import { createServer, type Server } from 'node:http';
import process from 'node:process';
import type { TestProject } from 'vitest/node';
import { findPostgres } from './find.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for the URL of the server. */
    readonly postgresServer: string;
  }
}

let server: Promise<PostgresServer> | undefined;
let broker: Server;

export async function setup(project: TestProject): Promise<void> {
  broker = createServer((_request, response) => {
    urlOfServer().then(
      (url) => response.end(url),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  broker.unref();
  project.provide('postgresServer', `http://127.0.0.1:${(broker.address() as { port: number }).port}`);
  sayAtTheEnd = () => reportSkipped(project);
}

let sayAtTheEnd: () => void;

export async function teardown(): Promise<void> {
  broker.close();
  await (await server?.catch(() => undefined))?.remove();
  sayAtTheEnd();
}

/** Empty without a server. */
async function urlOfServer(): Promise<string> {
  const { CALL_STATUS_POSTGRES_URL, CI } = process.env;
  if (CALL_STATUS_POSTGRES_URL) return CALL_STATUS_POSTGRES_URL;
  if (findPostgres() !== undefined) {
    // What is tested here need not survive a power failure.
    server ??= startPostgres({ settings: ['fsync=off'] });
    return (await server).url;
  }
  // On other systems, the tests that need a server are left out.
  if (CI && process.platform === 'linux')
    throw new Error('CI needs PostgreSQL: install it, or set CALL_STATUS_POSTGRES_URL.');
  return '';
}

function reportSkipped({ vitest }: TestProject): void {
  if (findPostgres() !== undefined) return;
  const { testNamePattern } = vitest.config;
  const leftOut = vitest.state
    .getTestModules()
    .filter(({ moduleId }) => moduleId.includes('/inbox-postgres/'))
    .flatMap((module) => [...module.children.allTests('skipped')])
    // Those that a filter excludes are skipped too.
    .filter(({ fullName }) => testNamePattern?.test(fullName.replaceAll(' > ', ' ')) ?? true);
  if (leftOut.length === 0) return;
  const how = process.env['CALL_STATUS_POSTGRES_URL']
    ? 'they start servers. Install PostgreSQL and PgBouncer.'
    : 'they need a server. Install PostgreSQL and PgBouncer, or set CALL_STATUS_POSTGRES_URL.';
  console.log(`\n${leftOut.length} tests of inbox-postgres were left out: ${how}`);
}

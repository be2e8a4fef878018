import process from 'node:process';
import { defineConfig } from 'vitest/config';
import { findPostgres } from './packages/inbox-postgres/test/servers/find.ts';

// Without a server, most of inbox-postgres is not tested.
const hasPostgres = process.env['CALL_STATUS_POSTGRES_URL'] || findPostgres() !== undefined;
const covered = [
  'core',
  'express',
  'koa',
  'fastify',
  'inbox-sqlite',
  'testing',
  'opentelemetry',
  'board',
  ...(hasPostgres ? ['inbox-postgres'] : []),
];

// Of the command line, what tests call in their own process. Most of it runs in processes of its own, into which coverage does not look.
const coveredOfCli = [
  'capture/!(read-source|refusal)',
  'init/{calls-file,package-file,steps}',
  'input/spans',
  'replay/rebuild',
  'simulate/read-args',
  'trigger/{encoding,fresh-id}',
];

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
    // Generous, for slow machines: what goes wrong is seldom found by a timeout.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Most tests wait, for disks, timers and processes, so no core is left out.
    maxWorkers: '100%',
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ['test/patience.ts'],
    globalSetup: [
      'packages/inbox-postgres/test/servers/shared.ts',
      'packages/inbox-sqlite/test/bundle-thread.ts',
      'packages/cli/test/bundle.ts',
      'packages/board/test/build-page.ts',
    ],
    typecheck: {
      enabled: true,
      include: ['packages/*/{src,test}/**/*.test-d.ts'],
      tsconfig: 'tsconfig.json',
    },
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      // The thread is run by tests, but coverage does not look into threads.
      exclude: [
        'packages/testing/src/*-contract/**',
        '**/*.test.ts',
        '**/*.test-d.ts',
        'packages/inbox-sqlite/src/thread/thread.ts',
      ],
      reporter: ['text', 'html'],
      thresholds: {
        [`packages/{${covered.join(',')}}/src/**/*.ts`]: { lines: 100, branches: 100 },
        [`packages/cli/src/{${coveredOfCli.join(',')}}.ts`]: { lines: 100, branches: 100 },
      },
    },
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
    // Generous, for slow machines: what goes wrong is seldom found by a timeout.
    testTimeout: 120_000,
    // Most tests wait, for disks, timers and processes, so no core is left out.
    maxWorkers: '100%',
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ['test/patience.ts'],
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
        'packages/{core,express,koa,fastify,inbox-sqlite,testing}/src/**/*.ts': { lines: 100, branches: 100 },
      },
    },
  },
});

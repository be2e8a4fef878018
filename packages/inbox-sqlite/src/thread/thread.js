// Starts thread.ts where sources are run, in tests and the demo. In the published package the compiled thread has this name.
const bundle = process.env.CALL_STATUS_TEST_THREAD;

// Tests bundle it once: loading TypeScript in each thread takes seven times as long.
if (bundle !== undefined) await import(bundle);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./thread.ts');
}

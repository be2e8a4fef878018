import { expect, it, onTestFinished, vi } from 'vitest';
import { startServer } from './receive.ts';

it('prints why a request has no answer', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  const fail = () => Promise.reject(new Error('out of memory'));
  const { server, url } = await startServer(0, '127.0.0.1', 1000, fail);
  onTestFinished(() => void server.close());
  expect((await fetch(url)).status).toBe(503);
  expect(written.mock.calls).toEqual([[expect.stringContaining('call-status: out of memory')]]);
});

// Commands that read an inbox, and are about something else.
import { expect, it } from 'vitest';
import { run } from '../run.ts';
import { CALL, fill, INBOXES } from './inboxes.ts';

it.each(INBOXES)('%s is read by replay and doctor', async (_, open) => {
  const { inbox, args } = await open();
  await fill(inbox);
  const [replay, doctor] = await Promise.all([
    run(['replay', CALL, '--dry-run', '--to', 'localhost:1', '--db', ...args]),
    run(['doctor', '--db', ...args]),
  ]);
  expect([replay.exitCode, replay.stdout]).toEqual([0, expect.stringContaining('--> signalwire.completed  call 8b77')]);
  expect([doctor.exitCode, doctor.stdout]).toEqual([1, expect.stringContaining('Set publicUrl.')]);
});

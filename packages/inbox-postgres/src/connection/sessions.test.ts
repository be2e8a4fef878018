import { expect, it } from 'vitest';
import type { Session } from './session.ts';
import { Sessions } from './sessions.ts';

const connect = async (): Promise<Session> => ({
  isBroken: false,
  query: async () => [],
  raw: async () => ({ rows: [], rowCount: 0 }),
  end: async () => {},
});

it('lets those wait who ask for more than there may be', async () => {
  const sessions = new Sessions(connect, 1);
  const first = await sessions.take();
  const second = sessions.take();
  sessions.release(first);
  const third = sessions.take();
  const taken = await Promise.race([second, third]);
  expect(taken).toBe(first);
  sessions.release(taken);
  expect(await Promise.all([second, third])).toEqual([first, first]);
});

it('makes room again if it cannot connect', async () => {
  let isAway = true;
  const sessions = new Sessions(() => (isAway ? Promise.reject(new Error('away')) : connect()), 1);
  await expect(sessions.take()).rejects.toThrow('away');
  isAway = false;
  expect(await sessions.take()).toMatchObject({ isBroken: false });
});

it('refuses those who wait when it is closed', async () => {
  const sessions = new Sessions(connect, 1);
  await sessions.take();
  const waiting = sessions.take();
  await sessions.close();
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
});

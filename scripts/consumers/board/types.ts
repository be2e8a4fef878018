/** What the types promise and refuse to someone who mounts the board, or calls it in a host of the Fetch API. */
import { type Board, basic, createBoard } from '@call-status/board';
import { createCallStatus, memoryInbox } from '@call-status/core';
import type { Board as Mountable } from '@call-status/core/adapter';

const calls = createCallStatus({ allowUnauthenticated: true });
const board: Board = createBoard({
  calls,
  auth: () => ({ name: 'ada', isAdmin: true }),
  can: (_request, user) => ({ view: true, raw: user?.isAdmin === true }),
});
export const mountable: Mountable = board;
export const answer: Promise<Response> = board.handle(new Request('https://calls.example/ops/'), { mountPath: '/ops' });
createBoard({ inbox: memoryInbox(), auth: basic({ user: 'ops', password: 'secret' }) });

// @ts-expect-error - no such permission
createBoard({ calls, can: () => ({ write: true }) });

// @ts-expect-error - a password, too
basic({ user: 'ops' });

// A receiver with an inbox and a board in front of it, called without a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Board, type BoardContext, type BoardOptions, createBoard, type Permissions } from '@call-status/board';
import {
  type CallbackRequest,
  type CallStatusOptions,
  createCallStatus,
  exotel,
  type Inbox,
  memoryInbox,
  mycpaas,
  type Receiver,
} from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { onTestFinished } from 'vitest';

export const ALL: Permissions = { view: true, raw: true, replay: true, reconcile: true, forget: true };
export const FROM_THE_PAGE = {
  'content-type': 'application/json',
  'x-call-status-board': '1',
  'sec-fetch-site': 'same-origin',
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, whose parts each test looks at
  readonly body: any;
}

export interface Subject {
  readonly board: Board;
  readonly calls: Receiver<never>;
  readonly inbox: Inbox;
  /** What was logged: the details of each line. */
  readonly lines: object[];
  get(url: string, init?: RequestInit): Promise<Answer>;
  post(url: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Receives a callback of mycpaas. */
  receive(fields: Readonly<Record<string, string>>): Promise<number | undefined>;
}

export interface SubjectOptions extends Omit<BoardOptions, 'calls' | 'inbox' | 'can'> {
  readonly can?: Partial<Permissions>;
  readonly inbox?: Inbox;
  readonly receiver?: Partial<CallStatusOptions>;
  /** Leaves the receiver out. */
  readonly isAlone?: boolean;
}

export function subject({ can, inbox = memoryInbox(), receiver, isAlone, ...options }: SubjectOptions = {}): Subject {
  const lines: object[] = [];
  const add = (details: object, message: string): void => void lines.push({ ...details, message });
  const calls = createCallStatus({
    providers: [mycpaas({ token: 'secret' }), exotel({ token: 'secret' })],
    inbox,
    log: { info: add, warn: add, error: add },
    ...(receiver as object),
  }) as unknown as Receiver<never>;
  const board = createBoard({
    ...(isAlone ? { inbox, log: { warn: add, error: add } } : { calls }),
    ...(can && { can: () => can }),
    ...options,
  });
  onTestFinished(async () => {
    board.close();
    await calls.close({ deadlineMs: 1000 });
  });
  const call = async (url: string, init?: RequestInit, context?: BoardContext): Promise<Answer> => {
    const response = await board.handle(new Request(`http://board.example${url}`, init), context);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  };
  return {
    board,
    calls,
    inbox,
    lines,
    get: call,
    post: (url, body, headers = FROM_THE_PAGE) => {
      return call(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
    },
    receive: async (fields) => (await calls.provider('mycpaas' as never).receive(formOf(fields)))?.status,
  };
}

export function formOf(fields: Readonly<Record<string, string>>): CallbackRequest {
  return {
    method: 'POST',
    url: '/voice?token=secret',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'hooks.example.com' },
    body: Buffer.from(new URLSearchParams(fields).toString()),
    clientAddress: '203.0.113.7',
  };
}

/** The inboxes that tests run with. */
export const INBOXES: readonly (readonly [string, () => Inbox])[] = [
  ['memory', () => memoryInbox()],
  ['SQLite', inTemporaryFile],
];

function inTemporaryFile(): Inbox {
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-board-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return sqliteInbox({ path: path.join(folder, 'calls.db') });
}

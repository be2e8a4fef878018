import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type CallsPage, createBoard, type RefusedPage } from '@call-status/board';
import { boardMiddleware } from '@call-status/express';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import express from 'express';
import { buildApp } from '../../packages/board/build-app.ts';

/** A board that is served, and how to read what it shows. */
export interface ServedBoard {
  readonly url: string;
  get(resource: 'api/calls?limit=1000'): Promise<CallsPage>;
  get(resource: 'api/refused'): Promise<RefusedPage>;
  close(): Promise<void>;
}

/** Serves a board on the inbox of a server that has ended. */
export async function serveBoard(file: string): Promise<ServedBoard> {
  // In a clone of the repository, the page may not be built.
  await buildApp();
  const inbox = sqliteInbox({ path: file, readOnly: true });
  const board = createBoard({ inbox, allowUnauthenticated: true });
  const server = express().use('/ops/calls', boardMiddleware(board)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/calls/`;
  return {
    url,
    get: async (resource: string) => (await fetch(url + resource)).json() as never,
    async close() {
      board.close();
      server.close();
      server.closeAllConnections();
      await inbox.close();
    },
  };
}

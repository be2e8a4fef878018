// The live streams of a board are shared fairly among its visitors.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBoard } from '@call-status/board';
import { memoryInbox } from '@call-status/core';
import { originOf, serveBoard } from '@call-status/core/adapter';
import { expect, it, onTestFinished } from 'vitest';
import { subject } from './board-under-test.ts';
import { Tab } from './tab.ts';

const MOST = 100;

it('one client cannot shut out the others', async () => {
  const made = subject();
  const open = (address: string) => new Tab(made).open(undefined, address);
  const greedy = await Promise.all(Array.from({ length: MOST }, () => new Tab(made).follow(undefined, '203.0.113.1')));
  expect((await open('203.0.113.1')).status).toBe(503);
  const others = await Promise.all(
    ['203.0.113.2', '203.0.113.3'].map((address) => new Tab(made).follow(undefined, address)),
  );
  await expect.poll(() => greedy.map(({ isClosed }) => isClosed)).toEqual(greedy.map((_, at) => at < 2));
  // What was taken back stays with the others.
  expect((await open('203.0.113.1')).status).toBe(503);
  expect(others.some(({ isClosed }) => isClosed)).toBe(false);
  for (let at = 0; at < MOST / 2 - 2; at++) await new Tab(made).follow(undefined, '203.0.113.2');
  await expect.poll(() => greedy.filter(({ isClosed }) => !isClosed).length).toBe(MOST / 2);
  expect((await open('203.0.113.2')).status).toBe(503);
  expect((await open('203.0.113.4')).status).toBe(200);
});

it('a user counts as one, from wherever', async () => {
  const made = subject({ auth: (request) => request.headers.get('last-event-id') ?? undefined });
  for (let at = 0; at < MOST; at++) await new Tab(made).follow('alice', `203.0.113.${at}`);
  expect((await new Tab(made).open('alice', '198.51.100.1')).status).toBe(503);
  expect((await new Tab(made).open('bob', '203.0.113.1')).status).toBe(200);
});

it('a mount says where a client is', async () => {
  const board = createBoard({ inbox: memoryInbox(), allowUnauthenticated: true });
  const addresses: unknown[] = [];
  const server = createServer((req, res) => {
    const exchange = { req, res, url: '/', origin: () => originOf(req, () => false) };
    const spied: typeof board = {
      ...board,
      handle: (request, context) => {
        addresses.push(context?.clientAddress);
        return board.handle(request, context);
      },
    };
    const behindProxy = { ip: '203.0.113.9' };
    const frameworkRequest = req.url === '/proxied' ? behindProxy : req;
    void serveBoard(spied, exchange, { mountPath: '', frameworkRequest });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['/', '/proxied']) await (await fetch(origin + path)).text();
  expect(addresses).toEqual(['127.0.0.1', '203.0.113.9']);
  board.close();
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basic, createBoard } from '@call-status/board';
import { memoryInbox } from '@call-status/core';
import { boardMiddleware } from '@call-status/express';
import express from 'express';
import helmet from 'helmet';
import { expect, it, onTestFinished } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, openWatched, startBoard } from './chromium.ts';

describeInBrowser('a mounted board', () => {
  it('works below a path, behind helmet, for visitors with a password', async () => {
    const inbox = memoryInbox();
    const board = createBoard({ inbox, auth: basic({ user: 'ops', password: 'of the test' }) });
    const app = express();
    app.use(helmet());
    app.use('/ops/calls', boardMiddleware(board));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      board.close();
      server.close();
      server.closeAllConnections();
      await inbox.close();
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(`${origin}/ops/calls/`)).status).toBe(401);
    const page = await openPage(`${origin}/ops/calls`, {
      httpCredentials: { username: 'ops', password: 'of the test' },
    });
    await page.locator('.connection.live').waitFor();
    expect(page.url()).toMatch(/\/ops\/calls\/(#|$)/);
    await record(inbox, 1, 'ringing');
    await page.locator('tr[data-key]').getByText('ringing').waitFor();
    const address = `${origin.replace('//', '//ops:of%20the%20test@')}/ops/calls/`;
    await (await openPage(address)).locator('tr[data-key]').getByText('ringing').waitFor();
  });

  it('runs no script that is not its own', async () => {
    const board = await startBoard();
    // The violations are errors of the page.
    const { page } = await openWatched(board.url);
    const violations = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => seen.push(effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken"';
      document.body.append(script);
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      document.body.append(image);
      document.body.setAttribute('style', 'color: red');
      while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      return seen;
    });
    expect(violations.sort()).toEqual(['img-src', 'script-src-elem', 'style-src-attr']);
    expect(await page.title()).not.toBe('taken');
  });

  it('says when its version is not that of the core', async () => {
    const board = await startBoard();
    const page = await openPage(board.url);
    await page.locator('.connection.live').waitFor();
    expect(await page.getByText('The versions differ').count()).toBe(0);
    await page.route('**/api/meta', async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: { ...(await response.json()), versions: { board: '1.3.0', core: '1.2.9' } },
      });
    });
    await page.reload();
    await page
      .getByText(
        'The versions differ: @call-status/board 1.3.0, @call-status/core 1.2.9. Install the same version of both.',
      )
      .waitFor();
  });
});

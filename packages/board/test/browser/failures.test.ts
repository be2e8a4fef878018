import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openWatched, startBoard } from './chromium.ts';
import { proxyTo } from './proxy.ts';

const DATA = ['api/stream', 'api/events', 'api/health', 'api/calls', 'api/meta'];

// Refused requests are errors of the browser.
describeInBrowser('a server that refuses', () => {
  it('once the page is open: the page says why, once, and goes on when it may', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const proxy = await proxyTo(board.url);
    const { page } = await openWatched(proxy.url);
    await page.locator('tr[data-key]').getByText('ringing').waitFor();
    await page.locator('.connection.live').waitFor();
    proxy.refuse(401, ...DATA);
    await expect.poll(() => alertsOf(page)).toEqual([expect.stringContaining('Reload the page to sign in.')]);
    await page.getByText('Offline, trying again').waitFor();
    await page.getByRole('button', { name: 'busy' }).click();
    expect(await alertsOf(page)).toHaveLength(1);
    await page.getByRole('button', { name: 'busy' }).click();
    await record(board.inbox, 1, 'completed');
    proxy.allow();
    await page.locator('.connection.live').waitFor();
    await page.locator('tr[data-key]').getByText('completed').waitFor();
    expect(await alertsOf(page)).toEqual([]);
  });

  it('from the beginning: the page says why, and starts when it may', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const proxy = await proxyTo(board.url);
    proxy.refuse(503, ...DATA);
    const { page } = await openWatched(proxy.url);
    await expect.poll(() => alertsOf(page)).toEqual([expect.stringContaining('The server answered 503')]);
    proxy.allow();
    await page.locator('tr[data-key]').getByText('ringing').waitFor();
    expect(await alertsOf(page)).toEqual([]);
  });
});

function alertsOf(page: Page): Promise<string[]> {
  return page.getByRole('alert').allTextContents();
}

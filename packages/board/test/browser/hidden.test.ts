import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';
import { windowWithTabs } from './tabs.ts';

describeInBrowser('a hidden tab', () => {
  it('pauses, and catches up when it is shown again', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const tabs = await windowWithTabs();
    const page = await tabs.newPage();
    await page.goto(board.url);
    await page.locator('tr[data-key]').getByText('ringing').waitFor();
    await page.locator('.connection.live').waitFor();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));

    const other = await tabs.newPage();
    await other.bringToFront();
    await page.waitForFunction(() => document.hidden);
    for (let number = 2; number <= 10; number++) await record(board.inbox, number, 'busy');
    await record(board.inbox, 1, 'no-answer');
    // A page that is visible shows that the events have come to the server's tabs.
    const visible = await openPage(board.url);
    await expect.poll(() => visible.locator('tr[data-key]').count()).toBe(10);
    await record(board.inbox, 11, 'busy');
    await expect.poll(() => visible.locator('tr[data-key]').count()).toBe(11);
    expect(await page.locator('tr[data-key]').count()).toBe(1);
    expect(await page.getByText('ringing').count()).toBe(1);
    expect(requests).toEqual([]);

    await page.bringToFront();
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(11);
    await page.getByText('no-answer', { exact: true }).last().waitFor();
    expect(await page.getByText('ringing').count()).toBe(0);
    // It is live again.
    await record(board.inbox, 12, 'busy');
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(12);
  });
});

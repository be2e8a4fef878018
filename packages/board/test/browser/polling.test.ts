import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openWatched, startBoard } from './chromium.ts';
import { proxyTo } from './proxy.ts';

// Refused requests are errors of the browser.
describeInBrowser('a board whose stream does not come through', () => {
  it('asks every five seconds, and misses nothing', async () => {
    const board = await startBoard();
    const proxy = await proxyTo(board.url);
    proxy.refuse(502, 'api/stream');
    await record(board.inbox, 1, 'ringing');
    const { page } = await openWatched(proxy.url);
    await page.getByText('Every 5 s').waitFor();
    await page.locator('tr[data-key]').getByText('ringing').waitFor();
    await page.getByRole('link', { name: '1 live' }).waitFor();
    for (let number = 2; number <= 30; number++) await record(board.inbox, number, 'busy');
    await record(board.inbox, 1, 'completed');
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(30);
    await page.locator('tr[data-key]').getByText('completed').waitFor();
    await page.getByRole('link', { name: '30 ended' }).waitFor();
    expect(proxy.asked.filter((path) => path === 'api/stream')).toHaveLength(1);
  });

  it('polls as well when something holds the stream back', async () => {
    const board = await startBoard();
    const proxy = await proxyTo(board.url, { holds: 'api/stream' });
    const { page } = await openWatched(proxy.url);
    await page.getByText('Every 5 s').waitFor();
    await record(board.inbox, 1, 'ringing');
    await expect.poll(() => page.locator('tr[data-key]').getByText('ringing').count()).toBe(1);
  });

  it('continues where it was when something ends the stream again and again', async () => {
    const board = await startBoard();
    const proxy = await proxyTo(board.url, { endsAfterMs: 400 });
    const { page } = await openWatched(proxy.url);
    let number = 0;
    const streams = () => proxy.asked.filter((path) => path === 'api/stream').length;
    while (streams() < 4) {
      await record(board.inbox, ++number, 'ringing');
      await page.waitForTimeout(50);
    }
    await expect.poll(() => page.getByText(`${number} calls shown`).count()).toBe(1);
  });
});

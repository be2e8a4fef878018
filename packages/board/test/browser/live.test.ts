import { expect, it } from 'vitest';
import { cableTo } from './cable.ts';
import { record } from './calls.ts';
import { describeInBrowser, openPage, openWatched, startBoard } from './chromium.ts';

describeInBrowser('the live board', () => {
  it('shows a call that comes, and what becomes of it', async () => {
    const board = await startBoard();
    const page = await openPage(board.url);
    await page.getByText(/npx call-status trigger \w+\.completed/).waitFor();
    await record(board.inbox, 1, 'ringing');
    const row = page.getByRole('row', { name: 'call-00001' }).or(page.locator('tr[data-key]'));
    await row.getByText('ringing').waitFor();
    await record(board.inbox, 1, 'in-progress');
    await row.getByText('in-progress').waitFor();
    await record(board.inbox, 1, 'completed');
    await row.getByText('completed').waitFor();
    expect(await page.locator('tr[data-key]').count()).toBe(1);
  });

  it('misses nothing while the connection is broken', async () => {
    const board = await startBoard();
    const cable = await cableTo(board.url);
    // The broken connection is an error of the browser.
    const { page } = await openWatched(cable.url);
    await record(board.inbox, 1, 'ringing');
    await page.getByText('ringing').waitFor();
    await cable.cut();
    await page.getByText('Offline, trying again').waitFor();
    for (let number = 2; number <= 30; number++) await record(board.inbox, number, 'busy');
    await record(board.inbox, 1, 'no-answer');
    await cable.join();
    await page.locator('.connection.live').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('tr[data-key]').length === 30);
    await page.getByText('no-answer', { exact: true }).last().waitFor();
    expect(await page.getByText('ringing').count()).toBe(0);
  });

  it('drops a row that no longer matches the filter', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    await record(board.inbox, 2, 'ringing');
    const page = await openPage(`${board.url}#/?state=live`);
    await page.waitForFunction(() => document.querySelectorAll('tr[data-key]').length === 2);
    await record(board.inbox, 1, 'completed');
    await page.waitForFunction(() => document.querySelectorAll('tr[data-key]').length === 1);
    expect(await page.locator('tr[data-key]').getByText('ringing').count()).toBe(1);
  });

  it('shows nothing new while it is paused', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await record(board.inbox, 2, 'ringing');
    // A second page shows that the event has come to the server's tabs.
    const other = await openPage(board.url);
    await other.waitForFunction(() => document.querySelectorAll('tr[data-key]').length === 2);
    expect(await page.locator('tr[data-key]').count()).toBe(1);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tr[data-key]').length === 2);
  });

  it('lets new calls wait while a row has the focus', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    await record(board.inbox, 2, 'ringing');
    const page = await openPage(board.url);
    const rows = page.locator('tr[data-key]');
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(2);
    await page.keyboard.press('j');
    const focused = () => page.evaluate(() => document.activeElement?.closest('tr')?.dataset['key']);
    const before = await focused();
    for (let number = 3; number <= 14; number++) await record(board.inbox, number, 'busy');
    const waiting = page.getByRole('button', { name: '12 new' });
    await waiting.waitFor();
    expect(await rows.count()).toBe(2);
    expect(await focused()).toBe(before);
    await waiting.click();
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(14);
    expect(await rows.first().textContent()).toContain('busy');
    await waiting.waitFor({ state: 'detached' });
  });

  it('calls only those new that began since, not older ones that the list has not come to', async () => {
    const board = await startBoard();
    const began = (number: number) => ({ receivedAt: new Date(Date.now() - (300 - number) * 1000).toISOString() });
    for (let number = 1; number <= 250; number++) await record(board.inbox, number, 'ringing', began(number));
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').first().waitFor();
    await page.keyboard.press('j');
    for (let number = 1; number <= 5; number++) await record(board.inbox, number, 'busy');
    await record(board.inbox, 251, 'ringing');
    await expect.poll(() => page.locator('.waiting').allTextContents()).toEqual(['1 new']);
  });

  it('shows the calls that waited when the focus leaves the rows', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').waitFor();
    await page.keyboard.press('j');
    await record(board.inbox, 2, 'busy');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('tr[data-key]').count()).toBe(2);
  });
});

describeInBrowser('a call that is erased', () => {
  it('leaves the list and its own page, in other tabs too', async () => {
    const board = await startBoard();
    for (const number of [1, 2]) await record(board.inbox, number, 'busy');
    const list = await openPage(board.url);
    // What is erased is not found, which is an error of the browser, where the page of the call is open.
    const { page } = await openWatched(board.url);
    const { page: other } = await openWatched(board.url);
    for (const each of [page, other]) {
      await each.locator('tr[data-key]').getByRole('link').first().click();
      await each.getByRole('heading', { name: 'Timeline' }).waitFor();
      await each.locator('.connection.live').waitFor();
    }
    await list.locator('.connection.live').waitFor();
    await page.getByRole('button', { name: 'Forget…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('0002');
    await dialog.getByRole('button', { name: 'Forget' }).click();
    for (const each of [page, list]) await expect.poll(() => each.locator('tr[data-key]').count()).toBe(1);
    await other.getByText('There is no such call').waitFor();
    expect(await other.getByText('call-00002').count()).toBe(0);
  });
});

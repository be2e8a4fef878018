import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RunningBoard } from '../running-board.ts';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

/** What has the focus: an element, and its text if it is short. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { tagName, textContent } = document.activeElement as Element;
    return tagName === 'MAIN' || tagName === 'BODY' ? tagName : `${tagName} ${textContent}`;
  });
}

async function makeDeadLetters(board: RunningBoard, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) await record(board.inbox, number, 'busy');
  await expect.poll(async () => (await board.inbox.health()).dead, { timeout: 60_000 }).toBe(count);
}

describeInBrowser('the focus', () => {
  it('goes to the heading of the section when the button that had it goes away', async () => {
    const board = await startBoard();
    await makeDeadLetters(board, 2);
    const page = await openPage(`${board.url}#/dead`);
    const events = page.getByRole('region', { name: 'Events' });
    await events
      .getByRole('button', { name: /^Discard/ })
      .first()
      .press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('H2 Events');
    await expect.poll(() => events.getByRole('button', { name: /^Discard/ }).count()).toBe(1);
  });

  it('goes to the page when there is no such section, and stays where the visitor left it', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const page = await openPage(`${board.url}#/?status=busy`);
    await page.getByRole('button', { name: 'Clear' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('MAIN');
    await page.locator('tr[data-key] a').focus();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'busy' }).click();
    await page.getByText('No call matches').waitFor();
    expect(await focused(page)).toBe('BUTTON busy');
    await page.getByRole('button', { name: 'Show all calls' }).press('Enter');
    await page.locator('tr[data-key] a').waitFor();
    await expect.poll(() => focused(page)).toBe('MAIN');
  });

  it('does not return to what the visitor has left', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const page = await openPage(`${board.url}#/?state=live`);
    await page.locator('.connection.live').waitFor();
    await page.locator('tr[data-key] a').focus();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('BODY');
    await record(board.inbox, 1, 'completed');
    await page.getByText('No call matches').waitFor();
    expect(await focused(page)).toBe('BODY');
  });
});

describeInBrowser('dead letters that someone else has discarded', () => {
  it('are not asked for: the page says that there are none', async () => {
    const board = await startBoard();
    await makeDeadLetters(board, 1);
    const page = await openPage(`${board.url}#/dead`);
    const events = page.getByRole('region', { name: 'Events' });
    await events.getByRole('button', { name: /^Discard/ }).waitFor();
    // Otherwise, the page notices it by itself.
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    for (const { event } of (await board.inbox.deadLetters.list()).rows)
      await board.inbox.deadLetters.discard(event.id);
    const errors = page.getByRole('region', { name: 'Errors' });
    await errors.getByRole('button', { name: /^Discard/ }).click();
    await page.getByRole('dialog', { name: 'No events to discard' }).getByRole('button', { name: 'OK' }).click();
    await expect.poll(() => page.getByText('No event has failed for good').count()).toBe(1);
  });
});

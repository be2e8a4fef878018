import { setTimeout as sleep } from 'node:timers/promises';
import type { Inbox } from '@call-status/core';
import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

const CALLS = 1500;
const RATE = 500;
const SECONDS = 3;

describeInBrowser('500 events a second', () => {
  it('leave the page usable, and it shows all calls in the end', async () => {
    const board = await startBoard();
    for (let number = 1; number <= CALLS; number++) await record(board.inbox, number, 'ringing');
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').first().waitFor();
    await page.locator('.connection.live').waitFor();
    const enough = new AbortController();
    const sent = sendEvents(board.inbox, enough.signal);
    // Each click is answered while events come.
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.connection.live').waitFor();
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.locator('tr[data-key] a').first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.goBack();
    await page.locator('tr[data-key]').first().waitFor();
    enough.abort();
    const newCalls = await sent;
    const { live, ended } = await board.inbox.counts();
    expect(live + ended).toBe(CALLS + newCalls);
    await page.getByRole('link', { name: `${live.toLocaleString('en')} live` }).waitFor();
    await page.getByRole('link', { name: `${ended.toLocaleString('en')} ended` }).waitFor();
    await expect
      .poll(() =>
        page.evaluate(() => {
          // New calls wait while a visitor is further down.
          document.querySelector<HTMLButtonElement>('.waiting')?.click();
          scrollTo({ top: document.documentElement.scrollHeight });
          return document.body.textContent;
        }),
      )
      .toContain(`${(live + ended).toLocaleString('en')} calls shown`);
    expect(newCalls).toBeGreaterThan(0);
  });
});

/** New calls and changes of old ones, for some seconds and until it is enough. Resolves to the number of new calls. */
async function sendEvents(inbox: Inbox, enough: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  let sent = 0;
  let newCalls = 0;
  while (elapsed() < SECONDS || !enough.aborted) {
    for (const due = elapsed() * RATE; sent < due; sent++) {
      if (sent % 10 === 0) await record(inbox, CALLS + ++newCalls, 'ringing');
      else await record(inbox, 1 + ((sent * 7) % CALLS), sent % 2 === 0 ? 'in-progress' : 'completed');
    }
    await sleep(20);
  }
  return newCalls;
}

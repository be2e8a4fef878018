import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RunningBoard } from '../running-board.ts';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

const MARKUP = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

describeInBrowser('hostile callbacks', () => {
  it('are shown as text', async () => {
    const board = await startBoard();
    await recordHostile(board);
    const page = await openPage(board.url);
    await page.locator('tr[data-key] a').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const summary of await page.locator('summary, .expand').all()) await summary.click();
    await page.locator('pre').waitFor();
    expect(await page.title()).not.toContain('taken');
    expect(await page.locator('img, main script, a[href^="javascript"]').count()).toBe(0);
  });

  it.each([1280, 360])('leave all pages as wide as the window, and buttons in one line: %i px', async (width) => {
    const board = await startBoard();
    await recordHostile(board);
    await expect.poll(async () => (await board.inbox.health()).dead).toBe(1);
    const page = await openPage(board.url, { viewport: { width, height: 800 } });
    const faults: Record<string, unknown> = {};
    for (const hash of ['#/', '#/health', '#/refused', '#/dead']) {
      await page.goto(board.url + hash);
      await page.locator('h1').waitFor({ state: 'attached' });
      await page.locator('.connection.live').waitFor();
      faults[hash] = await faultsOf(page);
    }
    await page.locator('tr[data-key] a').first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.locator('.expand').first().click();
    faults['call'] = await faultsOf(page);
    const none = { wider: 0, broken: [] };
    expect(faults).toEqual({ '#/': none, '#/health': none, '#/refused': none, '#/dead': none, call: none });
  });
});

async function recordHostile({ inbox }: RunningBoard): Promise<void> {
  await record(inbox, 1, 'busy', {
    callId: MARKUP,
    from: `${MARKUP}\u0000\u001b[31m`,
    to: 'x'.repeat(65_536),
    callerName: `\u202e${MARKUP}`,
    rawStatus: MARKUP + 'q'.repeat(65_536),
    recording: { url: 'javascript:document.title="taken"' },
    error: { code: '1'.repeat(3000), message: MARKUP + 'm'.repeat(65_536) },
    raw: { [MARKUP]: MARKUP, deep: { a: [MARKUP] }, long: 'v'.repeat(65_536) },
  });
}

function faultsOf(page: Page): Promise<{ wider: number; broken: (string | null)[] }> {
  return page.evaluate(() => ({
    wider: document.documentElement.scrollWidth - innerWidth,
    broken: [...document.querySelectorAll('main button:not(.link)')]
      .filter((button) => button.getBoundingClientRect().height > 40)
      .map((button) => button.textContent),
  }));
}

import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

const CALLS = 10_000;

describeInBrowser('ten thousand calls', () => {
  it('can be scrolled through to the oldest, while only those in sight are in the document', async () => {
    const board = await startBoard();
    for (let number = 1; number <= CALLS; number++)
      await record(board.inbox, number, 'ringing', { from: `+1555${String(number).padStart(7, '0')}` });
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').first().waitFor();
    const most = await page.evaluate(async () => {
      let rows = 0;
      let unchanged = 0;
      for (let height = 0; unchanged < 100; ) {
        scrollTo({ top: document.documentElement.scrollHeight });
        await new Promise((resolve) => setTimeout(resolve, 20));
        rows = Math.max(rows, document.querySelectorAll('tr[data-key]').length);
        const { scrollHeight } = document.documentElement;
        unchanged = scrollHeight === height ? unchanged + 1 : 0;
        height = scrollHeight;
        if (document.body.textContent.includes('+15550000001')) break;
      }
      return rows;
    });
    await page.getByText('+15550000001').waitFor();
    expect(most).toBeLessThan(300);
    // The page still answers: it goes back up, and shows what comes.
    await page.evaluate(() => scrollTo({ top: 0 }));
    await record(board.inbox, CALLS + 1, 'ringing', { from: '+15559999999' });
    await page
      .getByText('+15559999999')
      .or(page.getByRole('button', { name: '1 new' }))
      .first()
      .waitFor();
  });
});

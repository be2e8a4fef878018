import { expect, it } from 'vitest';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

describeInBrowser('refused callbacks', () => {
  it('are shown as they come when the list is full, and the alert has no count that changes', async () => {
    const board = await startBoard({ refusals: 2 });
    const kept = async () => (await board.inbox.refusals.list()).rows.map(({ provider }) => provider);
    for (const number of [1, 2]) await board.forge(number);
    await expect.poll(async () => (await kept()).length).toBe(2);
    const page = await openPage(`${board.url}#/refused`);
    const causes = page.getByRole('region', { name: 'Causes' });
    await expect.poll(() => causes.getByRole('row').count()).toBe(3);
    // Twice: the page loads the list once in any case, when it gets the first health.
    for (const number of [4, 5]) {
      const before = await kept();
      await board.forge(number);
      await expect.poll(kept).not.toEqual(before);
      const [newest] = await kept();
      await causes.getByRole('cell', { name: newest as string, exact: true }).waitFor();
      const alerts = await page.getByRole('alert').allTextContents();
      expect(alerts).toContain(`Most callbacks of ${newest} are refused: a wrong secret, token or URL refuses all.`);
      expect(alerts.join()).not.toMatch(/\d/);
    }
  });
});

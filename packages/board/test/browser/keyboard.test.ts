import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

describeInBrowser('the keyboard', () => {
  it('searches, moves from call to call, opens one and goes back', async () => {
    const board = await startBoard();
    for (let number = 1; number <= 5; number++) await record(board.inbox, number, 'ringing');
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('call-0000');
    await page.waitForFunction(() => location.hash.includes('search=call-0000'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const focused = () => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'));
    expect(await focused()).toBe('3');
    await page.keyboard.press('k');
    expect(await focused()).toBe('2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await page.keyboard.press('Escape');
    await page.locator('tr[data-key]').first().waitFor();
    expect(page.url()).toContain('search=call-0000');
  });

  it('keeps what is typed while a search begins', async () => {
    const board = await startBoard();
    const page = await openPage(board.url);
    await page.getByRole('searchbox').evaluate(async (input: HTMLInputElement) => {
      function type(text: string) {
        input.value = text;
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
      type('call');
      while (!location.hash.includes('search=call')) await new Promise((resolve) => setTimeout(resolve));
      type('call-00001');
    });
    await page.waitForURL(/search=call-00001/);
    expect(await page.getByRole('searchbox').inputValue()).toBe('call-00001');
  });

  it('lists the keys, and closes the list', async () => {
    const board = await startBoard();
    const page = await openPage(board.url);
    await page.locator('.connection.live').waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.textContent()).toMatch(/search/i);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('reaches everything by Tab, with a visible focus', async () => {
    const board = await startBoard();
    await record(board.inbox, 1, 'ringing');
    const page = await openPage(board.url);
    await page.locator('tr[data-key]').first().waitFor();
    const names: string[] = [];
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === null || activeElement === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
        const isVisible = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
        return `${activeElement.tagName} ${isVisible ? '' : 'without a visible focus'}`.trim();
      });
      if (found === undefined) break;
      names.push(found);
    }
    expect(names.filter((name) => name.includes('without'))).toEqual([]);
    expect(new Set(names)).toEqual(new Set(['A', 'BUTTON', 'SELECT', 'INPUT']));
  });
});

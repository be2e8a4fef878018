import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RunningBoard } from '../running-board.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PAGES = ['#/', '#/refused', '#/dead', '#/health'] as const;
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

describeInBrowser('the pages', () => {
  it.each(LOOKS)('are accessible and as wide as the window, empty: $colorScheme, $viewport.width px', async (look) => {
    const board = await startBoard();
    const page = await openPage(board.url, look);
    for (const hash of PAGES) expect(await faultsOf(page, `${board.url}${hash}`)).toEqual([]);
  });

  it.each(LOOKS)('are accessible and as wide as the window, full: $colorScheme, $viewport.width px', async (look) => {
    const board = await startBoard();
    await fill(board);
    const page = await openPage(board.url, look);
    for (const hash of PAGES) expect(await faultsOf(page, `${board.url}${hash}`)).toEqual([]);
    await page.goto(`${board.url}#/?dead=true`);
    await page.locator('tr[data-key] a').first().click();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('show what visitors may see, who may see no numbers', async () => {
    const board = await startBoard();
    await fill(board);
    const page = await openPage(`${board.url}masked/`);
    const answers: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/') && !response.url().includes('stream'))
        response.text().then(
          (text) => answers.push(text),
          () => {},
        );
    });
    for (const hash of PAGES) {
      await page.goto(`${board.url}masked/${hash}`);
      await settled(page);
      expect(await page.locator('body').textContent()).not.toMatch(NUMBER);
    }
    await page.goto(`${board.url}masked/#/`);
    await page.locator('tr[data-key] a').first().click();
    await settled(page);
    expect(await page.locator('body').textContent()).not.toMatch(NUMBER);
    expect(answers.length).toBeGreaterThan(5);
    expect(answers.filter((text) => NUMBER.test(text))).toEqual([]);
  });
});

/** The numbers of the scenarios. */
const NUMBER = /\+?1(202|555)555\d{4}/;

async function fill(board: RunningBoard): Promise<void> {
  for (let number = 0; number < 60; number++) await board.play(number);
  for (let number = 0; number < 5; number++) await board.forge(number);
  await expect.poll(async () => (await board.inbox.health()).dead).toBeGreaterThan(0);
  await expect.poll(async () => (await board.inbox.health()).refused.kept).toBeGreaterThan(0);
}

async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor({ state: 'attached' });
  await page.waitForLoadState('domcontentloaded');
  await page.locator('.connection.live').waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
}

/** What is wrong with a page: its width, or what axe finds. @param url @default the page that is open */
async function faultsOf(page: Page, url?: string): Promise<string[]> {
  if (url !== undefined) await page.goto(url);
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const faults = wide > 0 ? [`${page.url()} is ${wide} px wider than its window`] : [];
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.slice(0, 200)})`)
          .join('; ')}`,
    );
  });
  return [...faults, ...violations.map((violation) => `${page.url()}: ${violation}`)];
}

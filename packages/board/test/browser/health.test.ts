import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { record } from './calls.ts';
import { describeInBrowser, openPage, startBoard } from './chromium.ts';

const BUSY = { sip: { code: 486, phrase: 'Busy Here' } };

/** The ids of the calls that the page lists. */
function callIds(page: Page): Promise<readonly string[]> {
  return page
    .locator('tr[data-key] .parties')
    .evaluateAll((cells) => cells.map(({ textContent }) => textContent ?? ''));
}

describeInBrowser('the charts of ended calls', () => {
  it('lead from a code to exactly the calls with it, of the same provider and time', async () => {
    const { inbox, url } = await startBoard();
    await record(inbox, 1, 'busy', { ...BUSY, from: '+15555550001' });
    await record(inbox, 2, 'failed', { ...BUSY, from: '+15555550002' });
    await record(inbox, 3, 'failed', { sip: { code: 503 }, error: { code: '31005' }, from: '+15555550003' });
    await record(inbox, 4, 'busy', { ...BUSY, provider: 'telnyx', id: 'telnyx:4', from: '+15555550004' });
    await record(inbox, 5, 'ringing', { ...BUSY, from: '+15555550005' });
    const page = await openPage(`${url}#/health?provider=signalwire&range=1h`);
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: '486' }) });
    expect(await row.getByRole('cell').last().textContent()).toBe('2');
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'SIP 486', pressed: true }).waitFor();
    await expect
      .poll(() => callIds(page))
      .toEqual([expect.stringContaining('+15555550002'), expect.stringContaining('+15555550001')]);
    expect(new URL(page.url()).hash).toBe('#/?provider=signalwire&range=1h&state=ended&sip=486');
    await page.getByRole('button', { name: 'SIP 486' }).click();
    await expect.poll(async () => (await callIds(page)).length).toBe(3);
    await page.goBack();
    await page.getByRole('link', { name: '31005' }).click();
    await expect.poll(() => callIds(page)).toEqual([expect.stringContaining('+15555550003')]);
  });

  it('show how many calls were how long, as a table with bars', async () => {
    const { inbox, url } = await startBoard();
    for (const [call, durationSeconds] of [3, 4, 62, 7200].entries()) {
      await record(inbox, call, 'completed', { durationSeconds });
    }
    const page = await openPage(`${url}#/health`);
    const figure = page.getByRole('figure').filter({ has: page.getByRole('heading', { name: 'Durations' }) });
    await figure.getByRole('row').nth(1).waitFor();
    expect(await figure.getByRole('row').allTextContents()).toEqual([
      'under 5 s2',
      '5 s – 15 s0',
      '15 s – 30 s0',
      '30 s – 1 min0',
      '1 min – 2 min1',
      '2 min – 5 min0',
      '5 min – 10 min0',
      '10 min – 30 min0',
      '30 min – 1 h0',
      '1 h or more1',
    ]);
    const widths = await figure.locator('rect').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('width')));
    expect([widths[0], widths[1], widths.at(-1)]).toEqual(['100%', '0%', '50%']);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { RunningBoard } from '../running-board.ts';
import { record } from './calls.ts';
import { describeInBrowser, openPage, openWatched, startBoard } from './chromium.ts';

describeInBrowser('dead letters', () => {
  it('are handled again after a question', async () => {
    const board = await startBoard();
    await makeDeadLetter(board);
    const { event } = await onlyDeadLetter(board);
    const page = await openPage(`${board.url}#/dead`);
    await page
      .getByRole('button', { name: /^Replay/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Replay/ }).waitFor();
    expect(await dialog.textContent()).toContain('1 event');
    expect((await board.inbox.health()).dead).toBe(1);
    const handled = board.handled.length;
    await dialog.getByRole('button', { name: /^Replay/ }).click();
    await expect.poll(() => board.handled.slice(handled)).toContain(event.id);
  });

  it('of a time are counted and handled again', async () => {
    const board = await startBoard();
    await makeDeadLetter(board);
    const { event } = await onlyDeadLetter(board);
    const page = await openPage(`${board.url}#/dead`);
    const bar = page.getByRole('search');
    await bar.getByLabel('until').fill(minutesFromNow(-120));
    await page.getByText('No event failed for good in this time.').waitFor();
    expect(await bar.getByRole('button', { name: /^Replay/ }).count()).toBe(0);
    await bar.getByRole('button', { name: 'Clear' }).click();
    await bar.getByLabel('until').fill('12026-01-01T00:00'); // a digit too many, as while someone types
    await bar.getByLabel('Failed from').fill(minutesFromNow(-120));
    await bar.getByLabel('until').fill(minutesFromNow(120));
    expect(new URL(page.url()).hash).toMatch(/^#\/dead\?since=[^&]+Z&until=[^&]+Z$/);
    await bar.getByRole('button', { name: /^Replay/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Replays 1 event, oldest first.').waitFor();
    const handled = board.handled.length;
    await dialog.getByRole('button', { name: /^Replay/ }).click();
    await expect.poll(() => board.handled.slice(handled)).toContain(event.id);
  });

  it('stay when the visitor changes her mind, and the focus returns', async () => {
    const board = await startBoard();
    await makeDeadLetter(board);
    const page = await openPage(`${board.url}#/dead`);
    const button = page.getByRole('button', { name: /^Replay/ }).first();
    await button.click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect((await board.inbox.health()).dead).toBe(1);
  });

  it('cannot be changed by visitors who may only look', async () => {
    const board = await startBoard();
    await makeDeadLetter(board);
    const page = await openPage(`${board.url}masked/#/dead`);
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByRole('button', { name: /Replay|Discard/ }).count()).toBe(0);
  });
});

describeInBrowser('another site', () => {
  it('cannot make a browser write', async () => {
    const board = await startBoard();
    await makeDeadLetter(board);
    const { page } = await openWatched(await siteWith('<p>another site</p>'));
    const outcomes = await page.evaluate(async (url) => {
      const body = JSON.stringify({ all: true });
      const tries: RequestInit[] = [
        { method: 'POST', mode: 'no-cors', credentials: 'include', body },
        {
          method: 'POST',
          credentials: 'include',
          body,
          headers: { 'content-type': 'application/json', 'x-call-status-board': '1' },
        },
        { method: 'POST', credentials: 'include', body, headers: { 'content-type': 'text/plain' } },
      ];
      const answers: string[] = [];
      for (const init of tries) {
        for (const path of ['api/dead/replay', 'api/dead/discard']) {
          answers.push(
            await fetch(url + path, init).then(
              (answer) => answer.type,
              () => 'blocked',
            ),
          );
        }
      }
      return answers;
    }, board.url);
    expect(new Set(outcomes)).toEqual(new Set(['blocked']));
    expect((await board.inbox.health()).dead).toBe(1);
    await page.setContent(
      `<form method="post" action="${board.url}api/dead/replay" enctype="text/plain"><input name='{"all":true,"x":"' value='"}'></form>`,
    );
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().startsWith(board.url)),
      page.evaluate(() => document.forms[0]?.submit()),
    ]);
    expect(answer.status()).toBe(403);
    expect((await board.inbox.health()).dead).toBe(1);
  });

  it('cannot show the board in a frame', async () => {
    const board = await startBoard();
    const { page } = await openWatched(await siteWith(`<iframe src="${board.url}"></iframe>`));
    await expect.poll(() => page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');
  });
});

async function makeDeadLetter(board: RunningBoard): Promise<void> {
  await record(board.inbox, 1, 'busy');
  await expect.poll(async () => (await board.inbox.health()).dead, { timeout: 60_000 }).toBe(1);
}

/** On the clock of the browser, as a field for a time has it. */
function minutesFromNow(minutes: number): string {
  const ms = Date.now() + minutes * 60_000;
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

async function onlyDeadLetter(board: RunningBoard) {
  const { rows } = await board.inbox.deadLetters.list();
  return rows[0] as (typeof rows)[0];
}

/** A site of its own: `localhost` is not the site `127.0.0.1`. */
async function siteWith(html: string): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

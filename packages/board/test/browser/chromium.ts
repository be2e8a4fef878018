import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { type RunningBoard, type RunningBoardOptions, runningBoard } from '../running-board.ts';
import { CHROMIUM, startChromium } from './start.ts';

let browser: Browser;
/** For slow machines: what goes wrong is seldom found by a timeout. */
const PATIENCE_MS = 120_000;

/** Tests in Chromium; left out where it is not installed. */
export function describeInBrowser(name: string, define: () => void): void {
  const title = CHROMIUM === undefined ? `${name} (left out: Chromium is not installed)` : name;
  describe.skipIf(CHROMIUM === undefined)(`${title}`, () => {
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser.close());
    define();
  });
}

/** Starts a board that is stopped after the test. */
export async function startBoard(options?: RunningBoardOptions): Promise<RunningBoard> {
  const board = await runningBoard(options);
  onTestFinished(() => board[Symbol.asyncDispose]());
  return board;
}

/** A page, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors, violations of the content security policy, and requests to anywhere else. */
  readonly problems: readonly string[];
}

/** Opens a page that is closed after the test. After the test, nothing must have gone wrong in it. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, problems } = await openWatched(url, options);
  onTestFinished(() => expect(problems).toEqual([]));
  return page;
}

/** Opens a page that is closed after the test. */
export async function openWatched(url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:'))
      problems.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

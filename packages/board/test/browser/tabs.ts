import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { onTestFinished, vi } from 'vitest';
import { CHROMIUM, HEADLESS } from './start.ts';

/** A window whose tabs hide each other, as those of visitors do: elsewhere, every page is told that it is visible. */
export async function windowWithTabs(): Promise<BrowserContext> {
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-tabs-'));
  const options = [
    '--headless',
    '--window-size=1280,800',
    ...HEADLESS,
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
  ];
  const child = spawn(CHROMIUM as string, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await exited;
    // Its other processes may still write.
    await vi.waitFor(() => rmSync(folder, { recursive: true, force: true }));
  });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const found = /listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium exited with ${code}: ${text}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  onTestFinished(() => browser.close());
  return browser.contexts()[0] as BrowserContext;
}

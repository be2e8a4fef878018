import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium; undefined where it is not installed. */
export const CHROMIUM: string | undefined = PATHS.find((path) => existsSync(path));

if (CHROMIUM === undefined && process.env['CI'] && process.platform === 'linux')
  throw new Error('CI needs Chromium: install Debian’s package chromium.');

/** For machines without a screen, and without what would connect to hosts of its maker. */
export const HEADLESS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium without a window. */
export function startChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('Chromium is not installed.');
  return chromium.launch({ executablePath: CHROMIUM, args: [...HEADLESS] });
}

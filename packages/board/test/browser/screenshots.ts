// Takes the pictures of docs/board.md: pnpm run screenshots
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CallStatus } from '@call-status/core';
import { buildApp } from '../../build-app.ts';
import { runningBoard } from '../running-board.ts';
import { record } from './calls.ts';
import { startChromium } from './start.ts';

const FOLDER = fileURLToPath(new URL('../../../../docs/images/', import.meta.url));
const MINUTE = 60_000;
const OUTCOMES: readonly CallStatus[] = [
  ...Array<CallStatus>(11).fill('completed'),
  'no-answer',
  'no-answer',
  'no-answer',
  'failed',
  'canceled',
];
const PROVIDERS = ['twilio', 'signalwire', 'exotel', 'plivo', 'vonage'];
const FAILURES = [486, 480, 404, 503];

await buildApp();
mkdirSync(FOLDER, { recursive: true });
await using board = await runningBoard({ sqlite: true });
await fillADay();
await oneCall(90_001, Date.now() - 4 * MINUTE);
for (let number = 0; number < 45; number++) await board.play(number);
for (let number = 0; number < 24; number++) await board.forge(number % 4);
for (let number = 45; number < 75; number++)
  void board.play(number, () => new Promise((resolve) => setTimeout(resolve, 700)));
await new Promise((resolve) => setTimeout(resolve, 4000));

await using browser = await startChromium();
await take('calls', '#/', 'light');
await take('call', '#/?search=call-90001', 'dark', 'tr[data-key] a');
await take('refused', '#/refused', 'light');
await take('dead', '#/dead', 'light');
await take('health', '#/health', 'dark', undefined, 1400);

/** Yesterday and today, with a busy noon. */
async function fillADay(): Promise<void> {
  let number = 0;
  for (let minute = 24 * 60; minute > 5; minute -= 2) {
    const hour = new Date(Date.now() - minute * MINUTE).getHours();
    const calls = hour > 7 && hour < 20 ? 1 + (number % 3) : number % 2;
    for (let call = 0; call <= calls; call++) await endedCall(++number, Date.now() - minute * MINUTE);
  }
}

async function endedCall(number: number, atMs: number): Promise<void> {
  const status = OUTCOMES[(number * 7) % OUTCOMES.length] ?? 'completed';
  const at = new Date(atMs).toISOString();
  const isAnswered = status === 'completed';
  await record(board.inbox, number, status, {
    provider: PROVIDERS[(number * 3) % PROVIDERS.length] ?? 'twilio',
    receivedAt: at,
    occurredAt: at,
    direction: number % 4 === 0 ? 'inbound' : 'outbound',
    answered: isAnswered,
    from: '+15555550100',
    to: `+1555555${String(1000 + (number % 9000))}`,
    ...(isAnswered && {
      durationSeconds: 20 + ((number * 37) % 400),
      quality: { mos: 3.2 + ((number * 13) % 12) / 10 },
    }),
    ...(!isAnswered && { sip: { code: FAILURES[number % FAILURES.length] ?? 486 } }),
  });
}

/** A call whose callbacks took their time: seconds until each happened, and from then until it arrived. */
async function oneCall(number: number, atMs: number): Promise<void> {
  const events = [
    ['initiated', 0, 0.4],
    ['ringing', 1.5, 24],
    ['in-progress', 9, 1.2],
    ['completed', 82, 2.5],
  ] as const;
  for (const [status, seconds, delay] of [...events].sort((one, other) => one[1] + one[2] - other[1] - other[2])) {
    await record(board.inbox, number, status, {
      occurredAt: new Date(atMs + seconds * 1000).toISOString(),
      receivedAt: new Date(atMs + (seconds + delay) * 1000).toISOString(),
      direction: 'outbound',
      ...(status === 'completed' && {
        durationSeconds: 73,
        answered: true,
        quality: { mos: 4.3 },
        sip: { code: 200, phrase: 'OK' },
      }),
    });
  }
}

/** @param click what to click first */
async function take(
  name: string,
  hash: string,
  colorScheme: 'light' | 'dark',
  click?: string,
  height = 760,
): Promise<void> {
  const page = await browser.newPage({
    colorScheme,
    viewport: { width: 1200, height },
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  await page.goto(`${board.url}masked/${hash}`);
  await page.locator('.connection.live').waitFor();
  if (click !== undefined) await page.locator(click).first().click();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${FOLDER}board-${name}.png` });
  await page.close();
}

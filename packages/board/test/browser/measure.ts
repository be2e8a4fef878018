// Measures the board in Chromium with many live calls and events: pnpm run bench:board [--calls N] [--rate N] [--seconds N]
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildApp } from '../../build-app.ts';
import { runningBoard } from '../running-board.ts';
import { record } from './calls.ts';
import { startChromium } from './start.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
  },
});
const [liveCalls, rate, seconds] = [Number(values.calls), Number(values.rate), Number(values.seconds)];

await buildApp();
await using board = await runningBoard({ sqlite: true });
for (let number = 0; number < liveCalls; number += 500) {
  await Promise.all(Array.from({ length: 500 }, (_, index) => record(board.inbox, number + index, 'ringing')));
}
await using browser = await startChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
// As text: what runs this file would name the functions in it.
await page.addInitScript(`
  const seen = (window.seen = { longest: 0, frames: 0 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({ type: 'longtask' });
  requestAnimationFrame(function frame() {
    seen.frames++;
    requestAnimationFrame(frame);
  });
`);
await page.goto(board.url);
await page.locator('tr[data-key]').first().waitFor();

const delays: number[] = [];
for (let call = 0; call < 20; call++) {
  const from = `+1555556${String(1000 + call)}`;
  const startedAt = performance.now();
  await record(board.inbox, liveCalls + call, 'ringing', { from });
  await page.getByText(from).waitFor();
  delays.push(performance.now() - startedAt);
  await sleep(37 * (call % 7));
}
console.log(`A new call is on the page after ${spread(delays)} ms (${liveCalls} live calls).`);

await page.evaluate('Object.assign(seen, { longest: 0, frames: 0 })');
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const startedAt = performance.now();
let sent = 0;
while (performance.now() - startedAt < seconds * 1000) {
  const due = Math.floor(((performance.now() - startedAt) / 1000) * rate);
  const events: Promise<void>[] = [];
  for (; sent < due; sent++)
    events.push(record(board.inbox, (sent * 7919) % liveCalls, sent % 2 ? 'in-progress' : 'completed'));
  await Promise.all(events);
  await sleep(20);
}
loop.disable();
const { longest, frames } = await page.evaluate<{ longest: number; frames: number }>('seen');
console.log(
  `${sent} events in ${seconds} s: the longest task of the page took ${longest.toFixed(0)} ms, ${(frames / seconds).toFixed(0)} frames a second.`,
);
console.log(
  `The event loop of the server waited ${(loop.percentile(99) / 1e6).toFixed(1)} ms (p99), at most ${(loop.max / 1e6).toFixed(1)} ms.`,
);

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((one, other) => one - other);
  return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} (median), at most ${sorted.at(-1)?.toFixed(0)}`;
}

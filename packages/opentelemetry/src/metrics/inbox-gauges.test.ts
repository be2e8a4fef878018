import { channel } from 'node:diagnostics_channel';
import type { InboxMessage } from '@call-status/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { instrument, prometheus, type Sample } from '../../test/support.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A receiver reports. */
function report(owner: string, changes: Partial<InboxMessage>): void {
  const message: InboxMessage = {
    owner,
    due: 0,
    retrying: 0,
    blocked: 0,
    running: 0,
    dead: 0,
    lagMs: 0,
    live: 0,
    silent: 0,
    providers: [],
    refused: { kept: 0, lastDay: 0, uncounted: 0 },
    watches: { missing: 0, stuck: 0, failed: 0 },
    store: {},
    workers: [],
    worker: { running: 0, concurrency: 64, oldestRunningMs: 0 },
    ...changes,
  };
  channel('call-status:inbox').publish(message);
}

function lines(samples: readonly Sample[]): string[] {
  return samples.map(({ name, labels, value }) => [name, ...Object.values(labels), value].join(' ').slice(12));
}

it('show the highest value of the receivers that still report', async () => {
  const { meterProvider, scrape } = await prometheus();
  instrument({ meterProvider });
  expect(lines(await scrape())).toEqual([]);
  report('one', { due: 3, lagMs: 1500, providers: [{ provider: 'acme', live: 7, silent: 2 }] });
  report('two', { due: 1, dead: 2, worker: { running: 1, concurrency: 64, oldestRunningMs: 9000 } });
  expect(lines(await scrape())).toEqual([
    'inbox_receivers 2',
    'inbox_events due 3',
    'inbox_events retrying 0',
    'inbox_events blocked 0',
    'inbox_events running 0',
    'inbox_events dead 2',
    'inbox_lag 1.5',
    'handler_oldest 9',
    'calls_live acme 7',
    'calls_unterminated acme 2',
  ]);
  vi.advanceTimersByTime(60_001);
  report('two', { dead: 2 });
  expect(lines(await scrape())).toEqual([
    'inbox_receivers 1',
    'inbox_events due 0',
    'inbox_events retrying 0',
    'inbox_events blocked 0',
    'inbox_events running 0',
    'inbox_events dead 2',
    'inbox_lag 0',
    'handler_oldest 0',
    'calls_live acme 0',
    'calls_unterminated acme 0',
  ]);
});

it('are 0 once no receiver reports any more, and show it', async () => {
  const { meterProvider, scrape } = await prometheus();
  instrument({ meterProvider });
  report('one', { due: 3, dead: 2, lagMs: 90_000, providers: [{ provider: 'acme', live: 7, silent: 2 }] });
  vi.advanceTimersByTime(60_000);
  expect(lines(await scrape())).toEqual(expect.arrayContaining(['inbox_receivers 1', 'inbox_lag 90']));
  vi.advanceTimersByTime(1);
  expect(lines(await scrape()).every((line) => line.endsWith(' 0'))).toBe(true);
  report('one', { due: 1 });
  expect(lines(await scrape())).toEqual(expect.arrayContaining(['inbox_receivers 1', 'inbox_events due 1']));
});

it('end with the instrumentation', async () => {
  const { meterProvider, scrape } = await prometheus();
  const { stop } = instrument({ meterProvider });
  report('one', {});
  stop();
  report('two', { due: 1 });
  expect(await scrape()).toEqual([]);
});

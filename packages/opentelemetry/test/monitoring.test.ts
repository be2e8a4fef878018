import { describe, expect, it } from 'vitest';
import { alertExpressions, dashboardExpressions, unknownIn } from './expressions.ts';
import { fullService } from './full-service.ts';

describe('every metric, label and value is in a scrape, of', () => {
  it.each([
    ['the dashboard', dashboardExpressions, 20],
    ['the alerts', alertExpressions, 8],
  ])('%s', async (_of, expressions, atLeast) => {
    const { scrape } = await fullService();
    const samples = await scrape();
    const found = expressions();
    expect(found.length).toBeGreaterThanOrEqual(atLeast);
    const wrong = found.flatMap((one) => unknownIn(one, samples).map((problem) => `${one.of}: ${problem}`));
    expect(wrong).toEqual([]);
  });

  it('and others are found', async () => {
    const { scrape } = await fullService();
    const samples = await scrape();
    const wrong = (text: string): string[] => unknownIn({ of: '', text }, samples);
    expect(wrong('rate(call_status_callback_total[5m])')).toEqual(['no metric call_status_callback_total']);
    expect(wrong('sum by (color) (call_status_inbox_lag)')).toEqual(['no label color']);
    expect(wrong('call_status_inbox_events{state="lost"}')).toEqual([
      'no sample of call_status_inbox_events has state="lost"',
    ]);
  });

  it('and they have all metrics', async () => {
    const { scrape } = await fullService();
    const text = [...dashboardExpressions(), ...alertExpressions()].map((one) => one.text).join('\n');
    const bases = new Set((await scrape()).map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
    expect(bases.size).toBe(16);
    expect([...bases].filter((name) => !text.includes(name))).toEqual([]);
  });
});

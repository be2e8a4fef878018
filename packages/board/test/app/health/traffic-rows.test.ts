import { expect, test } from 'vitest';
import { isRefusing, trafficLabel, trafficRows } from '../../../app/health/traffic-rows.ts';
import type { HealthPage, Traffic } from '../../../src/api/types.ts';

const twilio: Traffic = {
  provider: 'twilio',
  perMinute: [0, 4, 1],
  total: 200,
  refused: 1,
  recent: { total: 10, refused: 5 },
  duplicates: 30,
  late: 0,
  reconciled: 1234,
  answerMs: { p50: 0.4, p99: 12.3 },
  delayMs: { p99: 1500 },
};

function page(traffic?: readonly Traffic[]): HealthPage {
  return {
    health: { providers: [{ provider: 'exotel', live: 4, silent: 2 }] },
    ...(traffic && { traffic }),
  } as unknown as HealthPage;
}

test('each provider that is configured, has traffic or live calls has a row', () => {
  expect(trafficRows(['voicedock'], page([twilio])).map(({ provider }) => provider)).toEqual([
    'exotel',
    'twilio',
    'voicedock',
  ]);
});

test('shares are those of all callbacks of the hour', () => {
  expect(trafficRows([], page([twilio]))[1]).toMatchObject({
    total: 200,
    refused: '0.5 %',
    duplicates: '15 %',
    late: '0 %',
    reconciled: '1,234',
    answer: '0.4 ms · 12 ms',
    delay: '1.5 s',
    live: 0,
    isRefusing: false,
  });
});

test('a board that receives nothing knows the live calls only', () => {
  const [row] = trafficRows([], page());
  expect(row).toMatchObject({
    provider: 'exotel',
    refused: '–',
    reconciled: '–',
    answer: '–',
    delay: '–',
    live: 4,
    silent: 2,
  });
  expect(row?.perMinute).toBeUndefined();
});

test('more than half refused in the last minutes is an alarm, however the hour was', () => {
  expect(isRefusing(twilio)).toBe(false);
  expect(isRefusing({ ...twilio, recent: { total: 10, refused: 6 } })).toBe(true);
  expect(isRefusing({ ...twilio, recent: { total: 0, refused: 0 } })).toBe(false);
});

test('a sparkline has its course in words', () => {
  expect(trafficLabel(twilio.perMinute)).toBe('5 callbacks in the last hour, at most 4 a minute, 1 in the last one');
});

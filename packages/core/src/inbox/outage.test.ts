import { beforeEach, expect, it } from 'vitest';
import { CallStatusError } from '../errors.ts';
import { Outage } from './outage.ts';

const away = new CallStatusError('inbox_unavailable');
const denied = new CallStatusError('inbox_denied');
let now: number;
let reported: string[];
let outage: Outage;

beforeEach(() => {
  now = 0;
  reported = [];
  outage = new Outage(
    () => now,
    ({ code, details }) => void reported.push(`${code}: ${details.reason}`),
  );
});

it('is new once for each code, for all users together', () => {
  expect(outage.failed('callbacks', away)).toBe(true);
  expect(outage.failed('worker', away)).toBe(false);
  expect(outage.failed('worker', denied)).toBe(true);
  outage.worked('worker');
  expect(outage.failed('worker', away)).toBe(true);
});

it('says once when the inbox works again', () => {
  outage.failed('worker', away);
  now = 7200;
  outage.failed('worker', away);
  outage.worked('worker');
  outage.worked('worker');
  expect(reported).toEqual(['inbox_recovered: It first failed 7 s ago.']);
});

it('has no line about its end if it was short, or never began', () => {
  outage.worked('callbacks');
  outage.failed('worker', away);
  now = 1999;
  outage.worked('worker');
  expect(reported).toEqual([]);
});

it('lasts while events cannot be recorded, although a worker finds no jobs', () => {
  outage.failed('callbacks', away);
  now = 5000;
  outage.worked('worker');
  expect(reported).toEqual([]);
  outage.worked('callbacks');
  expect(reported).toEqual(['inbox_recovered: It first failed 5 s ago.']);
});

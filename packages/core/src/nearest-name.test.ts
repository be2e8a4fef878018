import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['providers', 'publicUrl', 'ack', 'onCompleted', 'onEnded', 'leaseMs'];

it.each([
  ['provider', 'providers'],
  ['PROVIDERS', 'providers'],
  ['provdiers', 'providers'],
  ['public_url', 'publicUrl'],
  ['publicURL', 'publicUrl'],
  ['onComplete', 'onCompleted'],
  ['onCompletd', 'onCompleted'],
  ['onEnd', 'onEnded'],
  ['akc', 'ack'],
  ['lease', 'leaseMs'],
  ['', undefined],
  ['url', undefined],
  ['banana', undefined],
  ['completelyDifferent', undefined],
])('%s: did you mean %s?', (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['provider2s', 'providers', 'publicUrl', 'ack', 'onCompleted', 'onEnded', 'leaseMs', 'toleranceSeconds'];

it.each([
  ['PROVIDERS', 'providers'],
  ['provdiers', 'providers'],
  ['public_url', 'publicUrl'],
  ['publicURL', 'publicUrl'],
  ['onComplete', 'onCompleted'],
  ['onCompletd', 'onCompleted'],
  ['onEnd', 'onEnded'],
  ['akc', 'ack'],
  ['onEnde', 'onEnded'],
  ['onEndeds', 'onEnded'],
  ['provider', 'providers'],
  ['lease', 'leaseMs'],
  ['tolerance', 'toleranceSeconds'],
  ['', undefined],
  ['url', undefined],
  ['banana', undefined],
  ['completelyDifferent', undefined],
])('%s: did you mean %s?', (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

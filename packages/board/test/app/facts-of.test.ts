import { expect, it } from 'vitest';
import { factsOf } from '../../app/call/facts-of.ts';
import { sortedJson } from '../../app/call/sort-json.ts';
import type { CallDetail } from '../../src/api/types.ts';

it('groups what is known about a call, with units', () => {
  const call = {
    provider: 'acme',
    callId: '7',
    status: 'completed',
    answered: true,
    durationSeconds: 62,
    endedAt: '2026-01-01T00:01:02.000Z',
    recording: { url: 'https://example.com/7.mp3' },
    quality: { packetsLost: 3 },
    machineDetection: { durationMs: 900 },
    sip: { code: 486 },
    legs: [{ number: '+15550100001' }],
  } as unknown as CallDetail['call'];
  expect(factsOf({ call })).toEqual([
    {
      title: 'Call',
      facts: [
        { name: 'id', value: '7', kind: 'text' },
        { name: 'answered', value: 'yes', kind: 'text' },
        { name: 'duration', value: '62 s', kind: 'text' },
        { name: 'ended at', value: '2026-01-01T00:01:02.000Z', kind: 'time' },
      ],
    },
    { title: 'Recording', facts: [{ name: 'url', value: 'https://example.com/7.mp3', kind: 'link' }] },
    { title: 'Quality', facts: [{ name: 'packets lost', value: '3', kind: 'text' }] },
    { title: 'Machine detection', facts: [{ name: 'duration', value: '900 ms', kind: 'text' }] },
    { title: 'SIP', facts: [{ name: 'code', value: '486', kind: 'text' }] },
    { title: 'Leg 1', facts: [{ name: 'number', value: '+15550100001', kind: 'text' }] },
  ]);
});

it.each(['http://example.com/', 'javascript:alert(1)', 'data:text/html,x'])('%s is no link', (url) => {
  const call = { callId: '7', recording: { url } } as unknown as CallDetail['call'];
  expect(factsOf({ call })[1]?.facts[0]?.kind).toBe('text');
});

it('sorts the fields of a callback, at each depth', () => {
  expect(JSON.parse(sortedJson({ b: [{ d: 1, c: 2 }], a: null }))).toEqual({ a: null, b: [{ c: 2, d: 1 }] });
  expect(sortedJson({ b: 1, a: { d: 1, c: 2 } })).toBe('{\n  "a": {\n    "c": 2,\n    "d": 1\n  },\n  "b": 1\n}');
});

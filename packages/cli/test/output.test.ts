// How values are shown: without control characters, with masked numbers, in columns, and as spans of time.
import { expect, it } from 'vitest';
import { spanOf, timeOf } from '../src/input/spans.ts';
import { targetOf } from '../src/input/target.ts';
import { ago, duration } from '../src/output/duration.ts';
import { maskUnless } from '../src/output/mask.ts';
import { createOutput } from '../src/output/output.ts';
import { printableLine, safe, safeLines } from '../src/output/safe.ts';
import { table } from '../src/output/table.ts';

it('phone numbers are masked, unless they are revealed', () => {
  expect(maskUnless(undefined)('+15551234567')).toBe('+1555•••4567');
  expect(maskUnless(true)('+15551234567')).toBe('+15551234567');
});

it('control characters, line ends and changes of the direction are removed', () => {
  expect(safe('a\x1b[2Jb\r\nc\u202ed\u200be\x07')).toBe('a[2Jbcde');
  expect(safeLines('a\n\x1b[31mb')).toBe('a\n[31mb');
  expect(printableLine('a\n  b')).toBe('a b');
  expect(safe(undefined)).toBe('undefined');
});

it('a table has aligned columns, also with wide characters', () => {
  const rows = [
    { name: '日本', count: 7 },
    { name: 'abc\x1b', count: 1000 },
  ];
  const columns = [
    { title: 'NAME', text: (row: { name: string }) => row.name },
    { title: 'N', text: (row: { count: number }) => String(row.count), align: 'right' as const },
  ];
  expect(table(rows, columns, createOutput({ color: false }))).toBe('  NAME     N\n  日本     7\n  abc   1000');
  const marked = [
    { title: 'A', text: () => 'a' },
    { title: '', text: () => '', style: () => () => 'styled' },
  ];
  expect(table([0], marked, createOutput({ color: false }))).toBe('  A\n  a');
});

it.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [4123, '4.1 s'],
  [12_000, '12 s'],
  [119_000, '119 s'],
  [180_000, '3 min'],
  [7_200_000, '2 h'],
  [432_000_000, '5 d'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it('a time is some time ago', () => {
  const now = Date.parse('2026-03-02T09:00:12.000Z');
  expect(ago('2026-03-02T09:00:00.000Z', now)).toBe('12 s ago');
  expect(ago('2026-03-02T09:00:11.500Z', now)).toBe('now');
});

it('spans and times are read, and others are wrong usage', () => {
  expect(['500ms', '30s', '10m', '1.5h', '7d'].map((text) => spanOf(text, '--since'))).toEqual([
    500, 30_000, 600_000, 5_400_000, 604_800_000,
  ]);
  const now = Date.parse('2026-03-02T09:00:00.000Z');
  expect(timeOf('1h', '--since', now)).toBe('2026-03-02T08:00:00.000Z');
  expect(timeOf('2026-03-01', '--since', now)).toBe('2026-03-01T00:00:00.000Z');
  expect(() => spanOf('1 week', '--since')).toThrow('--since is not "1 week".');
  expect(() => timeOf('yesterday', '--since')).toThrow('--since is not "yesterday".');
});

it.each([
  ['http://127.0.0.1:3000/x', 'http://127.0.0.1:3000/x'],
  ['localhost:3000/x', 'http://localhost:3000/x'],
  ['127.0.0.2', 'http://127.0.0.2/'],
  ['[::1]:3000', 'http://[::1]:3000/'],
])('%s is this machine', (text, url) => {
  expect(targetOf(text, {}).href).toBe(url);
});

it.each([
  'http://127.0.0.1.example.com/',
  'https://app.localhost/x',
  'http://10.0.0.1/',
  'http://localhost@example.com/',
  'http://[::2]/',
])('%s is another machine', (text) => {
  expect(() => targetOf(text, {})).toThrow('is not this machine.');
  expect(targetOf(text, { allowRemote: true }).href).toBe(text);
});

import { expect, it } from 'vitest';
import { judge } from './journal.ts';

const began = (host: string, status: string) => `began ${host} 1 call ${status}`;
const handled = (host: string, status: string) => `handled ${host} 1 call ${status}`;
const CLEAN = { outOfOrder: [], twoAtATime: [], repeats: [], unexplained: [] };

it('finds nothing in a course that was handled in order, with a failure and with an attempt that was killed', () => {
  const lines = [
    began('a', 'queued'),
    'failed a 1 call queued',
    began('b', 'queued'),
    handled('b', 'queued'),
    began('a', 'initiated'),
    'killed a',
    began('b', 'initiated'),
    handled('b', 'initiated'),
  ];
  expect(judge(lines, 1)).toEqual({ ...CLEAN, handled: new Set(['call queued', 'call initiated']) });
});

it('finds an event that was handled before the one before it', () => {
  expect(judge([began('a', 'initiated')], 1)).toMatchObject({ ...CLEAN, outOfOrder: [began('a', 'initiated')] });
});

it('finds an event that came back after the next one had begun', () => {
  const lines = [
    began('a', 'queued'),
    handled('a', 'queued'),
    began('a', 'initiated'),
    'killed a',
    began('b', 'queued'),
  ];
  expect(judge(lines, 1)).toMatchObject({ ...CLEAN, outOfOrder: [began('b', 'queued')] });
});

it('finds two attempts at a time of one call', () => {
  expect(judge([began('a', 'queued'), began('b', 'queued')], 1).twoAtATime).toHaveLength(1);
});

it('finds a repeat of what was handled, unless its host was killed or the server failed meanwhile', () => {
  const once = [began('a', 'queued'), handled('a', 'queued')];
  const again = began('b', 'queued');
  expect(judge([...once, again], 1)).toMatchObject({ ...CLEAN, unexplained: [`${again}, handled by a`] });
  expect(judge([...once, 'killed c', again], 1)).toMatchObject({ ...CLEAN, unexplained: [`${again}, handled by a`] });
  expect(judge(['disturbed', ...once, again], 1)).toMatchObject({ ...CLEAN, unexplained: [`${again}, handled by a`] });
  expect(judge([...once, 'killed a', again], 1)).toMatchObject({ ...CLEAN, repeats: [`${again}, handled by a`] });
  expect(judge([...once, 'disturbed', again], 1)).toMatchObject({ ...CLEAN, repeats: [`${again}, handled by a`] });
  expect(judge(['disturbing', ...once, again], 1)).toMatchObject({ ...CLEAN, repeats: [`${again}, handled by a`] });
  const during = [began('a', 'queued'), 'disturbing', handled('a', 'queued')];
  expect(judge([...during, again], 1)).toMatchObject({ ...CLEAN, repeats: [`${again}, handled by a`] });
});

it('finds more repeats after one kill than the host had in flight', () => {
  const calls = ['call-1', 'call-2'];
  const lines = [
    ...calls.flatMap((call) => [`began a 1 ${call} queued`, `handled a 1 ${call} queued`]),
    'killed a',
    ...calls.flatMap((call) => [`began b 1 ${call} queued`, `handled b 1 ${call} queued`]),
  ];
  const retried = [...lines.slice(0, -1), 'failed b 1 call-2 queued', ...lines.slice(-2)];
  expect(judge(retried, 2)).toMatchObject({ repeats: { length: 3 }, unexplained: [] });
  expect(judge(lines, 2)).toMatchObject({ repeats: { length: 2 }, unexplained: [] });
  expect(judge(lines, 1)).toMatchObject({ repeats: { length: 1 }, unexplained: { length: 1 } });
});

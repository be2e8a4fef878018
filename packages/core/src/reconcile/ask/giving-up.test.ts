import { expect, it } from 'vitest';
import type { Answer } from '../../provider/fetch-call.ts';
import type { NoAnswer } from '../asker.ts';
import { givingUp } from './giving-up.ts';

/** An asker that gives these answers, one for each request, and then says that it does not know. */
function subject(...scripted: readonly (readonly (Answer | NoAnswer)[])[]) {
  const asked: (string | undefined)[] = [];
  let isClosed = false;
  const asker = givingUp({
    batchOf: (provider) => (provider === 'acme' ? 7 : undefined),
    async ask(_, tenant, callIds) {
      const answers = scripted[asked.length] ?? ['unknown' as const];
      asked.push(tenant);
      return new Map(callIds.map((callId, at) => [callId, answers[at] ?? 'unknown']));
    },
    close: () => {
      isClosed = true;
    },
  });
  const ask = async (...callIds: string[]) => [...(await asker.ask('acme', undefined, callIds)).values()];
  return { asker, asked, ask, isClosed: () => isClosed };
}

const FAILED: NoAnswer = { wasAsked: true, httpStatus: 503 };
const LIMITED: NoAnswer = { wasAsked: false, retryInMs: 400 };
const TOO_MANY: NoAnswer = { wasAsked: true, httpStatus: 429, retryInMs: 60_000 };
const INVALID: NoAnswer = { wasAsked: false, obstacle: 'invalid_id' };

it.each([401, 403])('an account that answers %i is not asked again, and others are', async (httpStatus) => {
  const { ask, asker, asked } = subject([{ wasAsked: true, httpStatus }]);
  expect(await ask('c1')).toEqual([{ wasAsked: true, httpStatus }]);
  expect(await ask('c2', 'c3')).toEqual(Array(2).fill({ wasAsked: false, httpStatus }));
  expect(await asker.ask('acme', 't1', ['c4'])).toEqual(new Map([['c4', 'unknown']]));
  expect(asked).toEqual([undefined, 't1']);
});

it('an account without credentials is not asked again', async () => {
  const none: NoAnswer = { wasAsked: false, obstacle: 'no_credentials' };
  const { ask, asked } = subject([none]);
  expect([await ask('c1'), await ask('c2')]).toEqual([[none], [none]]);
  expect(asked).toHaveLength(1);
});

it('an account that fails five times in a row is not asked again', async () => {
  const { ask, asked } = subject([FAILED], [FAILED], ['not_found'], ...Array(4).fill([FAILED]), [{ wasAsked: true }]);
  for (let at = 0; at < 8; at++) await ask('c1');
  expect(await ask('c1')).toEqual([{ wasAsked: false }]);
  expect(asked).toHaveLength(8);
});

it('waiting for its turn is no failure, and ids that were not sent say nothing', async () => {
  const { ask, asked } = subject(
    ...Array(4).fill([FAILED]),
    ...Array(9).fill([LIMITED]),
    ...Array(9).fill([TOO_MANY]),
    ...Array(9).fill([INVALID]),
    [INVALID, FAILED],
  );
  for (let at = 0; at < 31; at++) await ask('c1');
  expect(await ask('x1', 'c1')).toEqual([INVALID, FAILED]);
  expect(await ask('c1')).toEqual([{ wasAsked: false, httpStatus: 503 }]);
  expect(asked).toHaveLength(32);
});

it('is the same asker otherwise', () => {
  const { asker, isClosed } = subject();
  expect([asker.batchOf('acme'), asker.batchOf('other')]).toEqual([7, undefined]);
  asker.close();
  expect(isClosed()).toBe(true);
});

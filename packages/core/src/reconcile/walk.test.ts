import { expect, it } from 'vitest';
import type { CallQuery, CallSummary } from '../inbox/queries.ts';
import type { NewWatch } from '../inbox/watches.ts';
import { reconcileRules } from './rules.ts';
import { Walk } from './walk.ts';

const NOW = Date.UTC(2026, 2, 2);

/** An inbox of so many pages with one silent call each; the last has one that may be silent for longer. */
function subject(pages: number) {
  const asked: (string | undefined)[] = [];
  const added: NewWatch[] = [];
  const lastEventAt = new Date(NOW - 600_000).toISOString();
  const row = (callId: string, more: object) => ({ provider: 'acme', callId, lastEventAt, ...more }) as CallSummary;
  const inbox = {
    async listCalls({ cursor }: CallQuery = {}) {
      asked.push(cursor);
      const page = Number(cursor ?? 0);
      if (page + 1 === pages) return { rows: [row('last', { status: 'in-progress' })] };
      return { rows: [row(`c${page}`, { status: 'ringing', tenant: 't1' })], next: String(page + 1) };
    },
  };
  const watches = {
    async add(some: readonly NewWatch[]) {
      added.push(...some);
      return some.length;
    },
  };
  return { walk: new Walk({ inbox, watches, rules: reconcileRules(), clock: () => NOW }), asked, added };
}

it('watches what is silent for too long, page by page', async () => {
  const { walk, asked, added } = subject(3);
  await walk.run(() => true);
  expect(asked).toEqual([undefined, '1', '2']);
  expect(added).toEqual(['c0', 'c1'].map((callId) => ({ provider: 'acme', tenant: 't1', callId, dueInMs: 0 })));
  await walk.run(() => false);
  expect(asked).toHaveLength(3);
});

it('goes on where it stopped after many pages', async () => {
  const { walk, asked } = subject(50);
  await walk.run(() => true);
  expect(asked).toHaveLength(40);
  await walk.run(() => true);
  expect(asked.slice(40, 42)).toEqual(['40', '41']);
  expect(asked).toHaveLength(50);
});
